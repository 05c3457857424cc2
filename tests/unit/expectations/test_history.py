"""A finding from one night to the next, by hand: what is new, mended, acknowledged, or unknown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from expectations import findings
from expectations.findings import Found, Outcome, create_tables, write

FIRST, SECOND, THIRD = (dt.datetime(2017, 8, day, 1) for day in (1, 2, 3))


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        create_tables(connection)
        yield connection


def outcome(
    rule: str = "r1",
    year: str | None = "2016/17",
    result: str = "failed",
    severity: str = "error",
    la_code: str | None = "882",
) -> Outcome:
    return Outcome(
        run_id="",
        rule_id=rule,
        dfe_code=None,
        return_name="ssda903",
        table_name="stg_ssda903__episodes",
        severity=severity,
        owner="social_care",
        message="Mend it.",
        la_code=la_code,
        period_label=year,
        rows_checked=10,
        rows_failing=1,
        outcome=result,
        reason=None,
        checked_at=FIRST,
    )


Row = tuple[str, str, str, int]
"""Year, key, offending text, line."""


def night(
    connection: duckdb.DuckDBPyConnection,
    when: dt.datetime,
    rows: Sequence[Row],
    outcomes: Sequence[Outcome] = (),
    run: str | None = None,
    **options: Any,
) -> tuple[Outcome, ...]:
    """One audit: rule r1 finds the rows, or the rules of the outcomes say otherwise."""
    judged = [replace(each, checked_at=when) for each in outcomes or (outcome(),)]
    run_id = run or f"{when:%d}"
    Found(connection)
    for year, key, text, line in rows:
        connection.execute(
            "insert into found values ('r1#1', 'r1', ?, 'social_care', 'Mend it.', ?,"
            " 'episodes.csv', ?, '882', ?, ?, ?)",
            [judged[0].severity, when.day, line, year, key, text],
        )
    judged = [replace(each, run_id=run_id) for each in judged]
    return write(connection, run_id, judged, {"ssda903"}, **options)


def kept(connection: duckdb.DuckDBPyConnection, columns: str) -> list[tuple[Any, ...]]:
    return connection.execute(
        f"select {columns} from validation.findings order by first_seen, key_columns, source_line"
    ).fetchall()


def counts(outcomes: Sequence[Outcome]) -> list[tuple[int | None, int | None, int | None]]:
    return [(each.rows_new, each.rows_mended, each.rows_acknowledged) for each in outcomes]


def test_a_return_sent_again_does_not_make_an_old_fault_new(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    first = night(warehouse, FIRST, [("2016/17", "CHILD=a", "LS=V2", 7)], touched={"r1": "NI 62"})
    again = night(warehouse, SECOND, [("2016/17", "CHILD=a", "LS=V9", 31)])
    assert counts(first) == [(1, 0, 0)]
    assert counts(again) == [(0, 0, 0)]
    assert kept(
        warehouse,
        "first_seen, last_seen, mended_at, source_line, offending_text, delivery_id, run_id",
    ) == [(FIRST, SECOND, None, 31, "LS=V9", 2, "02")]


def test_a_finding_says_what_it_touches(warehouse: duckdb.DuckDBPyConnection) -> None:
    night(warehouse, FIRST, [("2016/17", "CHILD=a", "", 7)], touched={"r1": "NI 62, NI 63"})
    assert kept(warehouse, "indicators, severity, owner, return_name, table_name") == [
        ("NI 62, NI 63", "error", "social_care", "ssda903", "stg_ssda903__episodes")
    ]


def test_a_mended_finding_stays_with_the_day_it_was_mended_and_may_come_back(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    row = ("2016/17", "CHILD=a", "LS=V2", 7)
    night(warehouse, FIRST, [row])
    mended = night(warehouse, SECOND, [], [outcome(result="passed")])
    assert counts(mended) == [(0, 1, 0)]
    assert kept(warehouse, "mended_at, ended_as, mended_run_id") == [(SECOND, "mended", "02")]
    back = night(warehouse, THIRD, [row])
    assert counts(back) == [(1, 0, 0)]
    assert kept(warehouse, "first_seen, last_seen, mended_at") == [
        (FIRST, FIRST, SECOND),
        (THIRD, THIRD, None),
    ]


def test_rows_of_one_key_are_each_a_finding(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Two rows of one child fail; a row above pushes them down, then one of them goes."""
    night(warehouse, FIRST, [("2016/17", "CHILD=a", "SEX=1", 2), ("2016/17", "CHILD=a", "", 3)])
    pushed = night(
        warehouse, SECOND, [("2016/17", "CHILD=a", "SEX=1", 9), ("2016/17", "CHILD=a", "", 8)]
    )
    assert counts(pushed) == [(0, 0, 0)]
    one_left = night(warehouse, THIRD, [("2016/17", "CHILD=a", "", 8)])
    assert counts(one_left) == [(0, 1, 0)]
    [[ids, rows]] = warehouse.execute(
        "select count(distinct finding_id), count(*) from validation.findings"
    ).fetchall()
    assert (ids, rows) == (2, 2)


def test_the_same_key_in_another_year_is_another_finding(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    both = [outcome(year="2015/16"), outcome()]
    night(warehouse, FIRST, [("2015/16", "CHILD=a", "", 7)], both)
    second = night(warehouse, SECOND, [("2016/17", "CHILD=a", "", 7)], both)
    assert counts(second) == [(0, 1, 0), (1, 0, 0)]


@pytest.mark.parametrize("result", ["skipped", "crashed"])
def test_a_rule_that_was_not_judged_mends_nothing(
    warehouse: duckdb.DuckDBPyConnection, result: str
) -> None:
    night(warehouse, FIRST, [("2016/17", "CHILD=a", "", 7)])
    not_judged = night(warehouse, SECOND, [], [outcome(year=None, la_code=None, result=result)])
    assert counts(not_judged) == [(None, None, None)]
    assert kept(warehouse, "last_seen, mended_at") == [(FIRST, None)]


def test_a_year_no_longer_in_force_and_a_retired_rule_are_not_called_mended(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    both = [outcome(year="2015/16"), outcome()]
    night(warehouse, FIRST, [("2015/16", "CHILD=a", "", 7), ("2016/17", "CHILD=b", "", 8)], both)
    without = night(warehouse, SECOND, [("2016/17", "CHILD=b", "", 8)])
    assert counts(without) == [(0, 0, 0)]
    assert kept(warehouse, "ended_as") == [("not_sent",), (None,)]
    night(warehouse, THIRD, [], [outcome(rule="r2", result="passed")])
    assert kept(warehouse, "ended_as, mended_at") == [
        ("not_sent", SECOND),
        ("rule_retired", THIRD),
    ]


def test_the_same_run_judged_again_replaces_what_it_did(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    night(warehouse, FIRST, [("2016/17", "CHILD=a", "", 7)])
    night(warehouse, SECOND, [("2016/17", "CHILD=b", "", 8)], run="again")
    once_more = night(warehouse, THIRD, [("2016/17", "CHILD=a", "", 7)], run="again")
    assert counts(once_more) == [(0, 0, 0)]
    assert kept(warehouse, "key_columns, first_seen, mended_at") == [("CHILD=a", FIRST, None)]


def test_a_run_that_fails_while_writing_loses_nothing(
    warehouse: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(warehouse, FIRST, [("2016/17", "CHILD=a", "", 7)])
    before = kept(warehouse, "*")

    def breaks(*_: object) -> None:
        raise duckdb.IOException("the disk is full")

    monkeypatch.setattr(findings, "_replace_outcomes", breaks)
    with pytest.raises(duckdb.IOException):
        night(warehouse, SECOND, [("2016/17", "CHILD=b", "", 8)])
    assert kept(warehouse, "*") == before
    assert warehouse.execute("select count(*) from validation.outcomes").fetchall() == [(1,)]


def test_a_report_of_the_past_leaves_todays_findings_alone(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    night(warehouse, FIRST, [("2016/17", "CHILD=a", "", 7)])
    past = night(warehouse, SECOND, [], [outcome(result="passed")], keep_history=False)
    assert counts(past) == [(None, None, None)]
    assert kept(warehouse, "last_seen, mended_at") == [(FIRST, None)]
    assert warehouse.execute("select count(*) from validation.outcomes").fetchall() == [(2,)]


def say(connection: duckdb.DuckDBPyConnection, *lines: dict[str, Any]) -> None:
    """What staging holds of the acknowledgements in force."""
    connection.execute("create schema if not exists staging")
    connection.execute(
        "create or replace table staging.stg_acknowledgements__findings ("
        "la_code varchar, period_label varchar, rule_id varchar, return_name varchar,"
        " table_name varchar, key_columns varchar, offending_text varchar, reason varchar,"
        " acknowledged_by varchar, acknowledged_date date, sent_by varchar,"
        " _delivery_id integer, _source_file varchar, _source_line bigint)"
    )
    usual = {
        "la_code": "882",
        "period_label": "2016/17",
        "rule_id": "r1",
        "return_name": "ssda903",
        "table_name": "stg_ssda903__episodes",
        "key_columns": "CHILD=a",
        "offending_text": "LS=V2",
        "reason": "The order is right: seen on paper.",
        "acknowledged_by": "A. Officer",
        "acknowledged_date": dt.date(2017, 8, 1),
        "sent_by": "social_care",
        "_delivery_id": 9,
        "_source_file": "acknowledgements/social_care.csv",
    }
    for number, line in enumerate(lines, start=2):
        values = {**usual, "_source_line": number, **line}
        connection.execute(
            f"insert into staging.stg_acknowledgements__findings ({', '.join(values)})"
            f" values ({', '.join('?' for _ in values)})",
            list(values.values()),
        )


def fates(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return connection.execute(
        "select source_line, fate from validation.acknowledgements order by source_line"
    ).fetchall()


ROW = ("2016/17", "CHILD=a", "LS=V2", 7)


def test_an_acknowledged_finding_stays_and_stops_counting_as_open(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    say(warehouse, {})
    first = night(warehouse, FIRST, [ROW, ("2016/17", "CHILD=b", "LS=V2", 8)])
    assert counts(first) == [(2, 0, 1)]
    assert first[0].outcome == "failed"
    assert kept(warehouse, "key_columns, acknowledged_on, acknowledged_by, mended_at") == [
        ("CHILD=a", dt.date(2017, 8, 1), "A. Officer", None),
        ("CHILD=b", None, None, None),
    ]
    assert fates(warehouse) == [(2, "counts")]


def test_an_acknowledgement_taken_back_opens_the_finding_again(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    say(warehouse, {})
    night(warehouse, FIRST, [ROW])
    say(warehouse)
    assert counts(night(warehouse, SECOND, [ROW])) == [(0, 0, 0)]
    assert kept(warehouse, "acknowledged_on, acknowledged_reason") == [(None, None)]


def test_a_changed_text_is_not_what_was_acknowledged(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    say(warehouse, {}, {"offending_text": None, "key_columns": "CHILD=b"})
    rows = [("2016/17", "CHILD=a", "LS=V9", 7), ("2016/17", "CHILD=b", "LS=V9", 8)]
    assert counts(night(warehouse, FIRST, rows)) == [(2, 0, 1)]
    # Without a text the acknowledgement is of the record, whatever it says.
    assert fates(warehouse) == [(2, "not_found"), (3, "counts")]


def test_a_critical_finding_cannot_be_waved_through(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    say(warehouse, {})
    critical = night(warehouse, FIRST, [ROW], [outcome(severity="critical")])
    assert counts(critical) == [(1, 0, 0)]
    assert fates(warehouse) == [(2, "critical")]


def test_an_acknowledgement_that_comes_to_nothing_says_why(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    say(
        warehouse,
        {"rule_id": "r7"},
        {"reason": None},
        {"acknowledged_by": None},
        {"acknowledged_date": None},
        {"period_label": "2015/16"},
        {"key_columns": "CHILD=z"},
    )
    night(warehouse, FIRST, [ROW])
    assert fates(warehouse) == [
        (2, "unknown_rule"),
        (3, "incomplete"),
        (4, "incomplete"),
        (5, "incomplete"),
        (6, "not_found"),
        (7, "not_found"),
    ]
    night(warehouse, SECOND, [], [outcome(result="passed")])
    assert fates(warehouse)[1] == (3, "not_found"), "what was mended is acknowledged no longer"


def test_findings_of_before_there_was_a_history_make_way() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema validation")
        connection.execute("create table validation.findings (run_id varchar, rule_id varchar)")
        connection.execute("create table validation.outcomes (run_id varchar, rule_id varchar)")
        create_tables(connection)
        create_tables(connection)
        night(connection, FIRST, [ROW])
        assert len(kept(connection, "*")) == 1
