"""The plain statements against the rules on the sample return: a file nobody here invented."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fixtures.rule_examples import Example, lines_by_authority, load
from fixtures.scratch_warehouse import TABLES, build, catalogue, failing
from independent_rules import SSDA903, Return

BOOK = catalogue("ssda903")
YEAR = "2017/18"
START, END = dt.date(2017, 4, 1), dt.date(2018, 3, 31)
_OTHER_IN_2017 = {"213", "371", "393", "526", "612", "SW08STG2", "SW10STG2"}
"""Rules that say something else in 2017/18, or nothing: the plain statements are of 2025/26."""

_LAST_YEAR = {"502", "503A", "503B", "503E", "562", "NoE", "1002"}
"""Rules on last year's return; the sample has one year."""

COMPARED = sorted(set(SSDA903) - _OTHER_IN_2017 - _LAST_YEAR)


@dataclass(frozen=True)
class Sample:
    """The sample return in a warehouse, and as plain rows."""

    warehouse: duckdb.DuckDBPyConnection
    sent: Return


def typed(text: str, kind: str) -> Any:
    text = text.strip()
    if not text:
        return None
    if kind == "date":
        return dt.datetime.strptime(text, "%d/%m/%Y").date()
    return int(text) if kind == "integer" else text.upper()


def read(path: Path, alias: str) -> list[dict[str, Any]]:
    """A file of the return under the names it has; a column it lacks is blank."""
    table = BOOK.tables[alias]
    kinds = {
        sent: TABLES[table.relation].get(column, "varchar")
        for column, sent in table.sent_as.items()
    }
    rows = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, cells in enumerate(csv.DictReader(file), start=2):
            row = {sent: typed(cells.get(sent) or "", kind) for sent, kind in kinds.items()}
            for name in ("HOME_POST", "PL_POST"):
                row |= {name: row[name].replace(" ", "")} if row.get(name) else {}
            rows.append(row | {"line": line})
    return rows


def as_text(value: Any) -> str:
    if value is None:
        return "."
    if isinstance(value, dt.date):
        return f"{value.day}/{value.month}/{value.year}"
    return str(value).replace(" ", "~")


@pytest.fixture(scope="module")
def sample(shared: Path) -> Iterator[Sample]:
    folder = shared / "returns" / "sample_ssda903"
    tables = {
        alias: read(folder / f"{alias}.csv", alias)
        for alias in BOOK.tables
        if (folder / f"{alias}.csv").exists()
    }
    example = Example("", YEAR, "csv", "the sample", "x0000")
    example.rows = {
        alias: [
            {name: as_text(value) for name, value in row.items() if name != "line"} for row in rows
        ]
        for alias, rows in tables.items()
    }
    with duckdb.connect() as connection:
        build(connection)
        load(connection, BOOK, [example])
        yield Sample(connection, Return(START, END, tables))


@pytest.mark.parametrize("rule_id", COMPARED)
def test_a_rule_finds_what_its_plain_statement_finds(sample: Sample, rule_id: str) -> None:
    versions = [rule for rule in BOOK.rules if rule.rule_id == f"ssda903-{rule_id}"]
    [rule] = [rule for rule in versions if rule.holds_in(YEAR)]
    found = lines_by_authority(failing(sample.warehouse, BOOK, rule))
    assert set(found.get(("x0000", YEAR), [])) == SSDA903[rule_id](sample.sent)
