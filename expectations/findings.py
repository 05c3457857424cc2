"""The tables of schema ``validation``: outcomes of every run, and findings with their history.

What belongs here: those tables, the failing rows of a run before they are kept, and writing
both. What does not: which rules there are and who runs them (``runner``), and what becomes of a
finding from one night to the next (``history``). Findings hold what a return says of children:
they stay in the restricted warehouse and in the reports of their owner.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from itertools import islice

import duckdb

from expectations.catalogue import Rule
from expectations.history import FINDINGS, Scope, Tally, renew

_OUTCOMES_AT_ONCE = 200

OUTCOMES = ("passed", "failed", "skipped", "crashed")

_TABLES: Mapping[str, Mapping[str, str]] = {
    "outcomes": {
        "run_id": "varchar not null",
        "rule_id": "varchar not null",
        "dfe_code": "varchar",
        "return_name": "varchar not null",
        "table_name": "varchar not null",
        "severity": "varchar not null",
        "owner": "varchar not null",
        "message": "varchar not null",
        "la_code": "varchar",
        "period_label": "varchar",
        "rows_checked": "bigint",
        "rows_failing": "bigint",
        "outcome": "varchar not null",
        "reason": "varchar",
        "checked_at": "timestamp not null",
        "rows_new": "bigint",
        "rows_mended": "bigint",
        "rows_acknowledged": "bigint",
    },
    "findings": FINDINGS,
    "acknowledgements": {
        "owner": "varchar not null",
        "rule_id": "varchar",
        "return_name": "varchar",
        "table_name": "varchar",
        "la_code": "varchar",
        "period_label": "varchar",
        "key_columns": "varchar",
        "offending_text": "varchar",
        "reason": "varchar",
        "acknowledged_by": "varchar",
        "acknowledged_on": "date",
        "delivery_id": "integer",
        "source_file": "varchar",
        "source_line": "bigint",
        "fate": "varchar not null",
    },
    "held_rows": {
        "held_at": "timestamp not null",
        "owner": "varchar not null",
        "rule_id": "varchar not null",
        "message": "varchar not null",
        "delivery_id": "integer not null",
        "source_file": "varchar",
        "source_line": "bigint",
        "la_code": "varchar",
        "period_label": "varchar",
        "key_columns": "varchar",
        "offending_text": "varchar",
    },
}

_CREATE_FOUND = """
create or replace temporary table found (
    rule_key varchar,
    rule_id varchar,
    severity varchar,
    owner varchar,
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
        rows_new: Failing rows that were not open before this run; None when nothing is known of
            what was open before, as here and in the next two.
        rows_mended: Rows that were open and fail no longer.
        rows_acknowledged: Failing rows their owner has said are true but odd.
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
    rows_new: int | None = None
    rows_mended: int | None = None
    rows_acknowledged: int | None = None


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create schema ``validation`` and its tables, and add the columns newer versions bring.

    The staging view of outcomes reads them, so this comes before the first dbt run.
    """
    connection.execute("create schema if not exists validation")
    present: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from duckdb_columns()"
        " where schema_name = 'validation' and database_name = current_database()"
    ).fetchall():
        present.setdefault(table, set()).add(column)
    if "finding_id" not in present.get("findings", {"finding_id"}):
        # Findings of before there was a history: those of one night, found again by the next.
        connection.execute("drop table validation.findings")
        del present["findings"]
    for table, columns in _TABLES.items():
        _make(connection, f"validation.{table}", columns, present.get(table))


def _make(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    present: Collection[str] | None,
) -> None:
    if present is None:
        written = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        connection.execute(f"create table {table} ({written})")
        return
    for name, kind in columns.items():
        if name not in present:
            connection.execute(
                f"alter table {table} add column {name} {kind.removesuffix(' not null')}"
            )


class Found:
    """The failing rows of a run, gathered beside the warehouse before anything is written."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        connection.execute(_CREATE_FOUND)

    def gather(self, rule: Rule, failing_rows: str) -> int:
        """Run a rule's query and keep the failing rows.

        Args:
            rule: The rule.
            failing_rows: Its query, as ``RuleQueries.failing`` writes it.

        Returns:
            How many there are.

        Raises:
            duckdb.Error: The query could not be run; nothing of it is kept.
        """
        [[count]] = self._connection.execute(
            "insert into found select ?, ?, ?, ?, ?, delivery_id, source_file, source_line,"
            f" la_code, period_label, key_columns, offending_text from ({failing_rows}) as failing",
            [rule.key, rule.rule_id, rule.severity, rule.owner, rule.message],
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
    touched: Mapping[str, str] | None = None,
    keep_history: bool = True,
) -> tuple[Outcome, ...]:
    """Keep a run's outcomes and renew the findings with its gathered rows, in one transaction.

    Outcomes of other runs stay; those of the same run and returns are replaced. A run that
    fails halfway leaves findings and outcomes as they were.

    Args:
        connection: The warehouse with the tables of ``create_tables``, and a ``Found`` filled.
        run_id: The run.
        outcomes: What became of each rule.
        return_names: The returns that were judged.
        touched: Rule to the indicators it touches, for people to read.
        keep_history: False for a run that stands for a moment of the past: it says nothing of
            what is to be mended today, and leaves the findings alone.

    Returns:
        The outcomes as kept, with what is new, mended and acknowledged.
    """
    connection.execute("begin transaction")
    try:
        if keep_history:
            outcomes = _counted(
                outcomes,
                renew(
                    connection,
                    run_id,
                    max(outcome.checked_at for outcome in outcomes),
                    [_scope(outcome) for outcome in outcomes],
                    return_names,
                    touched or {},
                ),
            )
        _replace_outcomes(connection, run_id, outcomes, return_names)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return tuple(outcomes)


def _scope(outcome: Outcome) -> Scope:
    return Scope(
        rule_id=outcome.rule_id,
        return_name=outcome.return_name,
        table_name=outcome.table_name,
        severity=outcome.severity,
        owner=outcome.owner,
        la_code=outcome.la_code,
        period_label=outcome.period_label,
        is_judged=outcome.outcome in ("passed", "failed"),
    )


def _counted(outcomes: Iterable[Outcome], tallies: Mapping[Scope, Tally]) -> tuple[Outcome, ...]:
    """The outcomes with what their findings have come to."""
    counted = []
    for outcome in outcomes:
        scope = _scope(outcome)
        if scope.is_judged:
            tally = tallies.get(scope, Tally())
            outcome = replace(
                outcome,
                rows_new=tally.new,
                rows_mended=tally.mended,
                rows_acknowledged=tally.acknowledged,
            )
        counted.append(outcome)
    return tuple(counted)


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
    columns = ", ".join(field.name for field in fields(Outcome))
    # A statement for each row would take longer than judging it.
    for some in _batched(outcomes, _OUTCOMES_AT_ONCE):
        places = ", ".join(f"({', '.join('?' for _ in fields(Outcome))})" for _ in some)
        values = [value for outcome in some for value in astuple(outcome)]
        connection.execute(f"insert into validation.outcomes ({columns}) values {places}", values)


def _batched(outcomes: Iterable[Outcome], most: int) -> Iterator[tuple[Outcome, ...]]:
    """The outcomes in groups of at most so many."""
    waiting = iter(outcomes)
    while some := tuple(islice(waiting, most)):
        yield some
