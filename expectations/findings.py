"""What is kept of an audit: outcomes of every run, and the failing rows of the latest.

What belongs here: the tables of schema ``validation`` and how they are written. What does
not: which rules there are and who runs them. Findings hold what a return says of children:
they stay in the restricted warehouse and in the reports of their owner.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from itertools import islice

import duckdb

_OUTCOMES_AT_ONCE = 200

OUTCOMES = ("passed", "failed", "skipped", "crashed")

_CREATE = (
    "create schema if not exists validation",
    """
    create table if not exists validation.outcomes (
        run_id varchar not null,
        rule_id varchar not null,
        dfe_code varchar,
        return_name varchar not null,
        table_name varchar not null,
        severity varchar not null,
        owner varchar not null,
        message varchar not null,
        la_code varchar,
        period_label varchar,
        rows_checked bigint,
        rows_failing bigint,
        outcome varchar not null,
        reason varchar,
        checked_at timestamp not null
    )
    """,
    """
    create table if not exists validation.findings (
        run_id varchar not null,
        rule_id varchar not null,
        delivery_id integer,
        source_file varchar,
        source_line bigint,
        la_code varchar,
        period_label varchar,
        key_columns varchar,
        offending_text varchar,
        message varchar not null
    )
    """,
)

_CREATE_FOUND = """
create or replace temporary table found (
    rule_key varchar,
    rule_id varchar,
    message varchar,
    delivery_id integer,
    source_file varchar,
    source_line bigint,
    la_code varchar,
    period_label varchar,
    key_columns varchar,
    offending_text varchar
)
"""


@dataclass(frozen=True)
class Outcome:
    """What became of one rule, for one authority and year where rows belong to them.

    Attributes:
        run_id: The run that judged.
        rule_id: The rule.
        dfe_code: The Department's code, if there is one.
        return_name: The return judged; ``marts`` for the marts.
        table_name: The table judged, without its schema.
        severity: critical, error or warning.
        owner: Who mends it.
        message: What the owner is to do.
        la_code: DfE number of the authority; None where rows have none or nothing was judged.
        period_label: Collection year; None as above.
        rows_checked: Rows judged; None when none could be.
        rows_failing: Rows that fail; None when none could be judged.
        outcome: passed, failed, skipped or crashed.
        reason: Why it was skipped or crashed; never holds a value.
        checked_at: When (UTC).
    """

    run_id: str
    rule_id: str
    dfe_code: str | None
    return_name: str
    table_name: str
    severity: str
    owner: str
    message: str
    la_code: str | None
    period_label: str | None
    rows_checked: int | None
    rows_failing: int | None
    outcome: str
    reason: str | None
    checked_at: dt.datetime


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create schema ``validation`` and its tables where they are missing.

    The staging view of outcomes reads them, so this comes before the first dbt run.
    """
    for statement in _CREATE:
        connection.execute(statement)


class Found:
    """The failing rows of a run, gathered beside the warehouse before anything is written."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        connection.execute(_CREATE_FOUND)

    def gather(self, rule_key: str, rule_id: str, message: str, failing_rows: str) -> int:
        """Run a rule's query and keep the failing rows.

        Returns:
            How many there are.

        Raises:
            duckdb.Error: The query could not be run; nothing of it is kept.
        """
        [[count]] = self._connection.execute(
            "insert into found select ?, ?, ?, delivery_id, source_file, source_line, la_code,"
            f" period_label, key_columns, offending_text from ({failing_rows}) as failing",
            [rule_key, rule_id, message],
        ).fetchall()
        return int(count)

    def drop(self, rule_key: str) -> None:
        """Forget the rows of a rule that turned out not to be reliable."""
        self._connection.execute("delete from found where rule_key = ?", [rule_key])

    def counts(self, rule_key: str) -> dict[tuple[str | None, str | None], int]:
        """Failing rows of a rule by authority and year."""
        rows = self._connection.execute(
            "select la_code, period_label, count(*) from found where rule_key = ? group by all",
            [rule_key],
        ).fetchall()
        return {(la_code, period_label): count for la_code, period_label, count in rows}


def write(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    outcomes: Sequence[Outcome],
    return_names: Collection[str],
) -> None:
    """Keep a run's outcomes, and its gathered rows as the findings, in one transaction.

    Outcomes of other runs stay; those of the same run and returns are replaced. Findings
    of the returns just judged are replaced, and those of other runs go.

    Args:
        connection: The warehouse, with a ``Found`` filled.
        run_id: The run.
        outcomes: What became of each rule.
        return_names: The returns that were judged.
    """
    create_tables(connection)
    connection.execute("begin transaction")
    try:
        _replace_outcomes(connection, run_id, outcomes, return_names)
        _replace_findings(connection, run_id, sorted({o.rule_id for o in outcomes}))
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _replace_outcomes(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    outcomes: Iterable[Outcome],
    return_names: Collection[str],
) -> None:
    connection.execute(
        "delete from validation.outcomes where run_id = ? and list_contains(?, return_name)",
        [run_id, list(return_names)],
    )
    # A statement for each row would take longer than judging it.
    for some in _batched(outcomes, _OUTCOMES_AT_ONCE):
        places = ", ".join(f"({', '.join('?' for _ in fields(Outcome))})" for _ in some)
        values = [value for outcome in some for value in astuple(outcome)]
        connection.execute(f"insert into validation.outcomes values {places}", values)


def _replace_findings(
    connection: duckdb.DuckDBPyConnection, run_id: str, rule_ids: Sequence[str]
) -> None:
    connection.execute(
        "delete from validation.findings where run_id <> ? or list_contains(?, rule_id)",
        [run_id, list(rule_ids)],
    )
    connection.execute(
        "insert into validation.findings select ?, rule_id, delivery_id, source_file,"
        " source_line, la_code, period_label, key_columns, offending_text, message from found",
        [run_id],
    )


def _batched(outcomes: Iterable[Outcome], most: int) -> Iterator[tuple[Outcome, ...]]:
    """The outcomes in groups of at most so many."""
    waiting = iter(outcomes)
    while some := tuple(islice(waiting, most)):
        yield some
