"""How fast returns are judged: multiplies the children of a warehouse and runs every rule on them.

    python benchmarks/validation.py [--home PATH] [--children 30000] [--growth 10] [--slowest 10]

``--home`` is a PIER_HOME in which the demo borough has been built (``pier demo``, then
``pier nightly``). Of each return the year with most children, and the year before it, are
copied into an empty warehouse as often as it takes to have so many children; everybody keeps
what they have under an identifier of their own. The later year is judged, beside the one before,
in a process of its own, first a growth-th of the size, then all of it.

Prints rules, rows judged, findings, seconds by the clock and of processor time, and peak memory,
with Great Expectations and its import in them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import duckdb

from expectations.catalogue import RULES_DIR, Catalogue, load_catalogue, year_before
from expectations.queries import DELIVERIES, MANIFEST, RuleQueries
from expectations.runner import run_audit
from orchestration.dbt import PointInTime
from orchestration.settings import load_settings

MEGABYTE = 1_000_000
CHILDREN = {"ssda903": "header", "cin_census": "child"}
"""Return to the table with one row a child."""

POINT = PointInTime(dt.date(2026, 7, 31))


@dataclass(frozen=True)
class Result:
    """What judging one return took."""

    return_name: str
    children: int
    rules: int
    rows: int
    findings: int
    seconds: float
    cpu_seconds: float
    peak_megabytes: float

    def __str__(self) -> str:
        return (
            f"{self.return_name:<11} {self.children:>7,} children  {self.rules:>4} rules  "
            f"{self.rows:>11,} rows judged  {self.findings:>9,} findings  {self.seconds:6.1f} s  "
            f"CPU {self.cpu_seconds:6.1f} s  peak {self.peak_megabytes:5.0f} MB"
        )


def multiply(home: Path, catalogue: Catalogue, children: int, to: Path) -> int:
    """Write a warehouse of so many children, two years of them; how many children it has."""
    to.parent.mkdir(parents=True)
    with duckdb.connect(str(to)) as connection:
        connection.execute(f"attach '{home / 'warehouse' / 'pier.duckdb'}' as source (read_only)")
        connection.execute("create schema staging; create schema reference")
        one_a_child = catalogue.tables[CHILDREN[catalogue.name]].relation
        year, there = connection.execute(
            f"select period_label, count(*) as children from source.{one_a_child}"
            " group by all order by children desc, period_label desc limit 1"
        ).fetchone() or ("", 0)
        copies = -(-children // there)
        years = f"('{year}', '{year_before(year)}')"
        relations = {table.relation for table in catalogue.tables.values()}
        for relation in sorted(relations | {str(catalogue.untyped_values)}):
            copy(connection, relation, years, copies)
        for relation in (DELIVERIES, MANIFEST):
            connection.execute(f"create table {relation} as from source.{relation}")
        connection.execute(
            f"delete from {DELIVERIES} where return_name <> '{catalogue.return_name}'"
            f" or period_label not in {years}"
        )
        connection.execute("detach source")
    return int(there * copies)


def copy(connection: duckdb.DuckDBPyConnection, relation: str, years: str, copies: int) -> None:
    """Copy a table; what children have, once for each copy of them."""
    columns = {name for name, *_ in connection.execute(f"describe source.{relation}").fetchall()}
    if "period_label" not in columns:
        connection.execute(f"create table {relation} as from source.{relation} where false")
        if relation.startswith("reference."):
            connection.execute(f"insert into {relation} from source.{relation}")
        return
    changed = ["_source_line + copies.number * 10000000 as _source_line"]
    if "child_id" in columns:
        changed.append("concat(child_id, copies.number) as child_id")
    if "unique_pupil_number" in columns:
        changed.append(
            "case when unique_pupil_number like 'UN%' then unique_pupil_number"
            " else concat(left(unique_pupil_number, 1),"
            " lpad(cast(copies.number as varchar), 4, '0'), substr(unique_pupil_number, 6))"
            " end as unique_pupil_number"
        )
    connection.execute(
        f"create table {relation} as select originals.* replace ({', '.join(changed)})"
        f" from source.{relation} as originals cross join range({copies}) as copies(number)"
        f" where period_label in {years}"
    )


def judged(home: Path, return_name: str, children: int) -> Result:
    """Judge the return of a warehouse, in this process."""
    settings = load_settings({"PIER_HOME": str(home)})
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
        [[year]] = connection.execute(f"select max(period_label) from {DELIVERIES}").fetchall()
    catalogue = load_catalogue(RULES_DIR / return_name)
    this_year = tuple(replace(r, valid_from=year) for r in catalogue.rules if r.holds_in(year))
    catalogue = replace(catalogue, rules=this_year)
    begun, begun_cpu = time.perf_counter(), time.process_time()
    outcomes = run_audit(settings, POINT, "benchmark", ("returns",), [catalogue]).outcomes
    return Result(
        return_name,
        children,
        rules=len({outcome.rule_id for outcome in outcomes if outcome.outcome != "skipped"}),
        rows=sum(outcome.rows_checked or 0 for outcome in outcomes),
        findings=sum(outcome.rows_failing or 0 for outcome in outcomes),
        seconds=time.perf_counter() - begun,
        cpu_seconds=time.process_time() - begun_cpu,
        peak_megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE,
    )


def in_a_process_of_its_own(home: Path, return_name: str, children: int) -> Result:
    """Judge the return of a warehouse in a new process, so that its memory is its own."""
    said = subprocess.run(
        [sys.executable, __file__, "--judge", str(home), return_name, str(children)],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return Result(**json.loads(said.splitlines()[-1]))


def slowest(home: Path, return_name: str, most: int) -> list[tuple[float, str]]:
    """Seconds each rule's query takes by itself, the slowest first."""
    catalogue = load_catalogue(RULES_DIR / return_name)
    taken = []
    with duckdb.connect(str(home / "warehouse" / "pier.duckdb"), read_only=True) as connection:
        columns: dict[str, dict[str, str]] = {}
        for schema, table, column, kind in connection.execute(
            "select table_schema, table_name, column_name, data_type"
            " from information_schema.columns"
        ).fetchall():
            columns.setdefault(f"{schema}.{table}", {})[column] = kind
        for rule in catalogue.rules:
            sql = RuleQueries(rule, catalogue, columns, POINT.as_at).failing()
            begun = time.perf_counter()
            connection.execute(f"select count(*) from ({sql})").fetchall()
            taken.append((time.perf_counter() - begun, rule.key))
    return sorted(taken, reverse=True)[:most]


def main() -> None:
    """Read the options, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=os.environ.get("PIER_HOME"))
    parser.add_argument("--children", type=int, default=30_000)
    parser.add_argument("--growth", type=int, default=10)
    parser.add_argument("--slowest", type=int, default=0)
    parser.add_argument("--judge", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.judge:
        home, return_name, children = options.judge
        print(json.dumps(asdict(judged(Path(home), return_name, int(children)))))
        return
    if options.home is None:
        parser.error("give --home, or set PIER_HOME, to where the demo borough was built.")
    print(f"{dt.date.today():%d/%m/%Y}, load {os.getloadavg()[0]:.1f}")
    for return_name in CHILDREN:
        catalogue = load_catalogue(RULES_DIR / return_name)
        for children in (options.children // options.growth, options.children):
            with tempfile.TemporaryDirectory() as folder:
                home = Path(folder)
                there = multiply(
                    options.home, catalogue, children, home / "warehouse" / "pier.duckdb"
                )
                print(in_a_process_of_its_own(home, return_name, there))
                if children == options.children:
                    for seconds, rule in slowest(home, return_name, options.slowest):
                        print(f"    {seconds:6.2f} s  {rule}")


if __name__ == "__main__":
    main()
