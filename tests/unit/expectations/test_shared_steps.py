"""What many rules build on is worked out once, and changes nothing of what they find."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from fixtures.scratch_warehouse import AS_AT, TABLES, build, catalogue, deliver

from expectations.catalogue import Catalogue
from expectations.checks import FailsWhen
from expectations.queries import SHARED, RuleQueries
from expectations.runner import judged
from expectations.shared_steps import clear, share
from orchestration.dbt import PointInTime
from orchestration.settings import Settings

SSDA903 = catalogue("ssda903")
CARRIED_OVER = ("ssda903-503A", "ssda903-503B")
OPEN = {"child_id": "Invented", "episode_start_date": dt.date(2016, 3, 1)}


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Path]:
    """An episode carried over, whose start and status changed on the way; one that did not."""
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as connection:
        build(connection)
        same = OPEN | {"child_id": "Steady", "start_reason_code": "S", "legal_status_code": "C2"}
        before = [OPEN | {"start_reason_code": "S", "legal_status_code": "V2"}, same]
        now = [OPEN | {"start_reason_code": "P", "legal_status_code": "C2"}, same]
        deliver(connection, SSDA903, {"episodes": before}, year="2015/16")
        deliver(connection, SSDA903, {"episodes": now}, year="2016/17")
    yield path


def queries(*rule_ids: str) -> list[RuleQueries]:
    return [
        RuleQueries(rule, SSDA903, TABLES, AS_AT)
        for rule in SSDA903.rules
        if rule.rule_id in rule_ids
    ]


def rows(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_rule_finds_the_same_in_a_shared_step(warehouse: Path) -> None:
    rules = queries(*CARRIED_OVER)
    alone = [rows(warehouse, rule.failing()) for rule in rules]
    shared = share(warehouse, rules)
    together = [replace(rule, shared=shared) for rule in rules]
    assert [rows(warehouse, rule.failing()) for rule in together] == alone
    assert [len(found) for found in alone] == [1, 1]
    for rule in together:
        assert f"{SHARED}.carried_over__" in rule.failing()


def test_only_what_two_rules_build_on_is_written_down(warehouse: Path) -> None:
    [one, other] = queries(*CARRIED_OVER)
    assert share(warehouse, [one]) == frozenset()
    # Both read the same steps, which have the same names.
    assert dict(one.shareable) == dict(other.shareable)
    assert share(warehouse, [one, other]) == frozenset(one.shareable.values())


def test_a_step_that_reads_the_rows_judged_is_not_shared() -> None:
    [rule] = queries("ssda903-503A")
    steps = tuple(
        replace(step, sql="select * from record") if step.name == "first_episodes" else step
        for step in rule.rule.steps
    )
    changed = replace(rule, rule=replace(rule.rule, steps=steps))
    assert "first_episodes" in rule.shareable
    # Nor is what builds on it.
    assert {"first_episodes", "carried_over"}.isdisjoint(changed.shareable)
    assert "last_episodes_of_last_year" in changed.shareable


def test_a_step_that_breaks_breaks_its_rules_and_no_others(
    settings: Settings, point: PointInTime, warehouse: Path
) -> None:
    settings.warehouse_file.parent.mkdir(parents=True)
    warehouse.rename(settings.warehouse_file)
    broken = [
        replace(
            rule.rule,
            rule_id=f"broken-{number}",
            steps=tuple(
                replace(step, sql=step.sql.replace("episode_end_date is null", "no_column = 1"))
                for step in rule.rule.steps
            ),
        )
        for number, rule in enumerate(queries(*CARRIED_OVER))
    ]
    sound = [rule.rule for rule in queries(*CARRIED_OVER)]
    chosen: Catalogue = replace(SSDA903, rules=(*broken, *sound))
    with judged(settings, point, [chosen]) as (connection, outcomes):
        became = {
            outcome.rule_id: outcome.outcome
            for outcome in outcomes
            if outcome.period_label in (None, "2016/17")
        }
        [[left]] = connection.execute(
            "select count(*) from information_schema.tables where table_schema = ?", [SHARED]
        ).fetchall()
    assert became == {
        "broken-0": "crashed",
        "broken-1": "crashed",
        "ssda903-503A": "failed",
        "ssda903-503B": "failed",
    }
    assert left == 0


def test_what_an_interrupted_audit_left_is_cleared_away(warehouse: Path) -> None:
    rules = queries(*CARRIED_OVER)
    shared = share(warehouse, rules)
    assert share(warehouse, rules) == shared
    with duckdb.connect(str(warehouse)) as connection:
        clear(connection)
        clear(connection)
    assert (
        rows(warehouse, f"select * from information_schema.schemata where schema_name = '{SHARED}'")
        == []
    )


def test_steps_nobody_asks_for_are_left_out(warehouse: Path) -> None:
    [rule] = queries("ssda903-503A")
    plain = replace(rule.rule, check=FailsWhen("record.start_reason_code = 'P'"))
    sql = replace(rule, rule=plain).counted("staging.stg_ssda903__episodes")
    assert "carried_over" not in sql and "untyped_values" not in sql
    assert rows(warehouse, sql) == [(1,)]
