"""Rules stand by themselves: none changes what another sees, and one bad cell fails one child."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest
from fixtures.scratch_warehouse import TABLES, build, catalogue, deliver, failing, undone

from expectations.runner import run_audit
from orchestration.dbt import PointInTime
from orchestration.settings import Settings

SSDA903 = catalogue("ssda903")
RULES = [rule for rule in SSDA903.rules if rule.holds_in("2016/17")]
ROWS = {
    "header": [
        {"child_id": child, "sex_code": "1", "date_of_birth": dt.date(2005, 5, 1)}
        for child in ("a", "b", "c", "unread")
    ],
    "episodes": [
        {
            "child_id": "a",
            "episode_start_date": dt.date(2016, 5, 1),
            "start_reason_code": "S",
            "legal_status_code": "V2",
            "placement_type_code": "P1",
        },
        {"child_id": "b", "episode_start_date": dt.date(2016, 5, 1), "start_reason_code": "P"},
        {"child_id": "b", "episode_start_date": dt.date(2016, 7, 1), "start_reason_code": "P"},
        {
            "child_id": "c",
            "episode_start_date": dt.date(2016, 5, 1),
            "episode_end_date": dt.date(2016, 4, 1),
            "end_reason_code": "E8",
        },
    ],
    "reviews": [{"child_id": "a", "review_date": dt.date(2016, 6, 1)}],
}
UNREAD = {"child_id": "unread", "untyped": {"decom": "last May", "dec": "31/02/2017"}}


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        build(connection)
        yield connection


def found_by_each(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, int]]]:
    """File and line of every finding, by rule."""
    return {
        rule.key: sorted(
            (row["source_file"], row["source_line"]) for row in failing(connection, SSDA903, rule)
        )
        for rule in RULES
    }


def test_a_child_without_a_readable_date_fails_alone(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """Every rule runs, and finds of all others what it found without that child."""
    with undone(warehouse):
        deliver(warehouse, SSDA903, ROWS)
        without = found_by_each(warehouse)
    with undone(warehouse):
        deliver(warehouse, SSDA903, {**ROWS, "episodes": [*ROWS["episodes"], UNREAD]})
        with_it = found_by_each(warehouse)
    line = len(ROWS["episodes"]) + 2
    of_the_child = {("episodes.csv", line), ("header.csv", 5)}
    for key, found in with_it.items():
        others = [place for place in found if place not in of_the_child]
        assert others == [place for place in without[key] if place not in of_the_child], key
    assert ("episodes.csv", line) in with_it["ssda903-141#1"]
    assert ("episodes.csv", line) in with_it["ssda903-147#1"]


def test_no_rule_changes_what_another_sees(settings: Settings, point: PointInTime) -> None:
    """Judged forwards, backwards or shuffled, the same rows fail and no table has changed."""
    settings.warehouse_file.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        build(connection)
        deliver(connection, SSDA903, ROWS)
    rules = [rule for rule in RULES if rule.table.alias == "episodes"][:60]
    shuffled = random.Random(903).sample(rules, len(rules))  # noqa: S311 - any other order
    seen = set()
    for order in (rules, rules[::-1], shuffled):
        run_audit(settings, point, "run", catalogues=[replace(SSDA903, rules=tuple(order))])
        with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
            findings = connection.execute(
                "select rule_id, source_file, source_line from validation.findings order by all"
            ).fetchall()
            sizes = [
                connection.execute(f"select count(*) from {relation}").fetchall()[0]
                for relation in TABLES
            ]
        seen.add((tuple(findings), tuple(sizes)))
    [(findings, _)] = seen
    assert len({rule_id for rule_id, *_ in findings}) == 3
