"""The deliveries manifest and the raw tables: what was sent, when, and what became of it.

Here: the tables of schema ``raw``, what is remembered of files seen, and all that can be
done to a delivery afterwards (listing, comparing, withdrawing). Not here: reading files or
deciding the fate of a new one (``engine``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

import duckdb

from orchestration.landing.contracts import Contract, Table, load_contracts, raw_columns
from orchestration.landing.outcome import Fate
from orchestration.landing.sql import literal, names, quoted, row_text

_DELIVERY_COLUMNS = {
    "delivery_id": "integer",
    "return_name": "varchar",
    "la_code": "varchar",
    "period_label": "varchar",
    "table_name": "varchar",
    "series": "varchar",
    "source_file": "varchar",
    "sha256": "varchar",
    "content_sha256": "varchar",
    "size_bytes": "bigint",
    "received_at": "timestamp",
    "rows": "bigint",
    "rejected_rows": "bigint",
    "fate": "varchar",
    "reason": "varchar",
    "notes": "varchar",
    "contract_version": "varchar",
    "supersedes": "integer",
    "withdrawn_at": "timestamp",
    "run_id": "varchar",
    "judged_at": "timestamp",
    "judged_run_id": "varchar",
}
_REJECTED_COLUMNS = {
    "delivery_id": "integer",
    "source_file": "varchar",
    "source_line": "bigint",
    "original_text": "varchar",
    "reason": "varchar",
}
_CONFIRMATION_COLUMNS = {
    "delivery_id": "integer",
    "sha256": "varchar",
    "confirmed_at": "timestamp",
    "taken_at": "timestamp",
}
_SEEN_COLUMNS = {
    "source_file": "varchar",
    "size_bytes": "bigint",
    "mtime_ns": "bigint",
    "sha256": "varchar",
    "is_refused": "boolean",
    "contracts_digest": "varchar",
    "seen_at": "timestamp",
}
_CELL = "varchar using compression uncompressed"
"""Choosing a compression for each column takes more time than all the rest of landing, so cells
are kept as they are: a raw table takes about one and a half times the size of its files."""
_PROVENANCE = {
    "_delivery_id": "integer using compression rle",
    "_source_file": "varchar using compression dictionary",
    "_source_line": "bigint using compression bitpacking",
}
"""The same on row after row, or counting up, so that the best compression is known beforehand."""


class DeliveryError(ValueError):
    """Something asked of a delivery that cannot be done; the message says why."""


@dataclass(frozen=True)
class Key:
    """What a delivery replaces another of.

    Attributes:
        return_name: As ``ssda903``.
        la_code: DfE number of the authority; None for a national return.
        period_label: Collection year or release.
        table_name: The table.
        series: Which of several files of one layout.
    """

    return_name: str
    la_code: str | None
    period_label: str | None
    table_name: str
    series: str | None

    def condition(self) -> str:
        """Write it as a condition on ``raw.deliveries``."""
        values = {
            "return_name": self.return_name,
            "la_code": self.la_code,
            "period_label": self.period_label,
            "table_name": self.table_name,
            "series": self.series,
        }
        return " and ".join(
            f"{column} is not distinct from {literal(value)}" for column, value in values.items()
        )


@dataclass(frozen=True)
class Earlier:
    """A delivery of the same key that came before.

    Attributes:
        delivery_id: Its number.
        fate: What became of it.
        sha256: Digest of its bytes.
        content_sha256: Digest of its rows in any order.
        received_at: When it came (UTC).
    """

    delivery_id: int
    fate: Fate
    sha256: str
    content_sha256: str
    received_at: dt.datetime


@dataclass(frozen=True)
class RowChange:
    """One row that differs between a delivery and the one it superseded.

    Attributes:
        change: ``added``, ``removed`` or ``changed``.
        key: The row's key, as text (restricted: it may name a child).
        line: Line in the newer file; in the older one for a removed row.
        columns: Names of the columns that differ, for a changed row.
    """

    change: str
    key: tuple[str | None, ...]
    line: int
    columns: tuple[str, ...]


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Do all of what is inside, or none of it."""
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def prepare_raw(
    connection: duckdb.DuckDBPyConnection, contracts: Sequence[Contract] | None = None
) -> None:
    """Make every table of schema ``raw``, and add the columns newer contracts bring.

    Args:
        connection: An open warehouse.
        contracts: All contracts by default.
    """
    with transaction(connection):
        tables = {
            "deliveries": _DELIVERY_COLUMNS,
            "rejected_rows": _REJECTED_COLUMNS,
            "seen_files": _SEEN_COLUMNS,
            "confirmations": _CONFIRMATION_COLUMNS,
        }
        for table, columns in raw_columns(contracts).items():
            tables[table] = dict.fromkeys(columns, _CELL) | _PROVENANCE
        present: dict[str, set[str]] = {}
        for table, column in connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'raw' and database_name = current_database()"
        ).fetchall():
            present.setdefault(table, set()).add(column)
        # All in one go: there are some seventy tables, and a call takes as long as a table.
        statements = chain.from_iterable(
            _missing(table, types, present.get(table)) for table, types in tables.items()
        )
        connection.execute("; ".join(["create schema if not exists raw", *statements]))


def _missing(table: str, types: Mapping[str, str], present: Set[str] | None) -> Iterator[str]:
    """Write the statements that give a table what it lacks."""
    if present is None:
        columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in types.items())
        yield f"create table raw.{quoted(table)} ({columns})"
        return
    for name, kind in types.items():
        if name not in present:
            plain = kind.partition(" using ")[0]
            yield f"alter table raw.{quoted(table)} add column {quoted(name)} {plain}"


def earlier_deliveries(connection: duckdb.DuckDBPyConnection, key: Key) -> list[Earlier]:
    """List the deliveries of a key that were taken in, newest first."""
    rows = connection.execute(
        f"""
        select delivery_id, fate, sha256, content_sha256, received_at
        from raw.deliveries
        where {key.condition()} and fate in ('accepted', 'superseded', 'withdrawn')
        order by received_at desc, delivery_id desc
        """
    ).fetchall()
    return [Earlier(*row) for row in rows]


def withdraw(connection: duckdb.DuckDBPyConnection, delivery_id: int, now: dt.datetime) -> None:
    """Take a delivery back; the one it superseded counts again.

    Args:
        connection: An open warehouse.
        delivery_id: Its number in the manifest.
        now: Moment of the withdrawal (UTC).

    Raises:
        DeliveryError: No such delivery, or one that was never taken in.
    """
    with transaction(connection):
        found = connection.execute(
            "select return_name, la_code, period_label, table_name, series, fate "
            "from raw.deliveries where delivery_id = ?",
            [delivery_id],
        ).fetchone()
        if found is None:
            raise DeliveryError(f"There is no delivery {delivery_id}.")
        if found[5] not in ("accepted", "superseded"):
            raise DeliveryError(
                f"Delivery {delivery_id} is {found[5]}: only one that was taken in can be "
                "withdrawn."
            )
        connection.execute(
            "update raw.deliveries set fate = 'withdrawn', withdrawn_at = ? where delivery_id = ?",
            [utc(now), delivery_id],
        )
        _bring_back(connection, Key(*found[:5]))


def hold_back(
    connection: duckdb.DuckDBPyConnection, delivery_id: int, reason: str, now: dt.datetime
) -> None:
    """Hold a delivery that was taken in back; the one it superseded counts again.

    Its rows stay in raw, where nothing reads them.

    Args:
        connection: An open warehouse, in a transaction.
        delivery_id: A delivery in force.
        reason: Why; it is published, so it holds no value of the delivery.
        now: The moment (UTC).
    """
    [key] = connection.execute(
        "select return_name, la_code, period_label, table_name, series"
        " from raw.deliveries where delivery_id = ?",
        [delivery_id],
    ).fetchall()
    connection.execute(
        "update raw.deliveries set fate = 'held', judged_at = ? where delivery_id = ?",
        [utc(now), delivery_id],
    )
    before = _bring_back(connection, Key(*key))
    stays = "nothing of it counts" if before is None else f"delivery {before} stays in force"
    connection.execute(
        "update raw.deliveries set reason = ? where delivery_id = ?",
        [f"{reason} It is held back and {stays}.", delivery_id],
    )


def _bring_back(connection: duckdb.DuckDBPyConnection, key: Key) -> int | None:
    """Let the newest delivery of a key that was not withdrawn count."""
    left = [e for e in earlier_deliveries(connection, key) if e.fate != "withdrawn"]
    if not left:
        return None
    connection.execute(
        "update raw.deliveries set fate = 'accepted' where delivery_id = ?", [left[0].delivery_id]
    )
    return left[0].delivery_id


def confirm(connection: duckdb.DuckDBPyConnection, delivery_id: int, now: dt.datetime) -> None:
    """Say that a held file is right as it is: the next landing takes it.

    The file is known by its bytes, so it must still lie where it was, unchanged; a
    confirmation counts for one landing.

    Args:
        connection: An open warehouse, not of the process that lands.
        delivery_id: Number of the delivery that was held.
        now: Moment of the confirmation (UTC).

    Raises:
        DeliveryError: No such delivery, one that is not held, or one confirmed before.
    """
    with transaction(connection):
        found = connection.execute(
            "select fate, sha256, source_file, judged_at from raw.deliveries where delivery_id = ?",
            [delivery_id],
        ).fetchone()
        if found is None:
            raise DeliveryError(f"There is no delivery {delivery_id}.")
        fate, sha256, source_file, judged_at = found
        if fate != "held":
            raise DeliveryError(
                f"Delivery {delivery_id} is {fate}: only one that is held can be confirmed."
            )
        if judged_at is not None:
            raise DeliveryError(
                f"Delivery {delivery_id} fails a critical rule, which nobody can wave through: "
                "mend the rows listed in its owner's report and send the file again."
            )
        if connection.execute(
            "select 1 from raw.confirmations where delivery_id = ?", [delivery_id]
        ).fetchone():
            raise DeliveryError(f"Delivery {delivery_id} was confirmed before.")
        moment = utc(now)
        connection.execute(
            "insert into raw.confirmations values (?, ?, ?, null)", [delivery_id, sha256, moment]
        )
        connection.execute(
            "update raw.deliveries set notes = concat_ws(' ', notes, ?) where delivery_id = ?",
            [f"Confirmed on {moment:%d/%m/%Y}.", delivery_id],
        )
        connection.execute(
            "delete from raw.seen_files where sha256 = ? or starts_with(?, source_file || '/')",
            [sha256, source_file],
        )


def pending_confirmations(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, ...]]:
    """Give the deliveries confirmed but not yet taken, by digest of the file's bytes."""
    pending: dict[str, tuple[int, ...]] = {}
    for sha256, delivery_id in connection.execute(
        "select sha256, delivery_id from raw.confirmations where taken_at is null order by all"
    ).fetchall():
        pending[sha256] = (*pending.get(sha256, ()), delivery_id)
    return pending


def use_confirmation(connection: duckdb.DuckDBPyConnection, sha256: str, now: dt.datetime) -> None:
    """Note that a confirmed file has been taken, so that it must be confirmed anew."""
    connection.execute(
        "update raw.confirmations set taken_at = ? where sha256 = ? and taken_at is null",
        [now, sha256],
    )


def delivery_changes(
    connection: duckdb.DuckDBPyConnection,
    delivery_id: int,
    contracts: Sequence[Contract] | None = None,
) -> list[RowChange]:
    """List rows added, removed and changed against the delivery it superseded.

    Rows are paired by the table's primary key; a table without one pairs whole rows. Where a
    key stands more than once in either file, its rows are compared whole as well.

    Args:
        connection: An open warehouse.
        delivery_id: The newer delivery.
        contracts: All contracts by default.

    Returns:
        The differences by key; none when it superseded nothing.

    Raises:
        DeliveryError: No such delivery.
    """
    found = connection.execute(
        "select return_name, table_name, supersedes from raw.deliveries where delivery_id = ?",
        [delivery_id],
    ).fetchone()
    if found is None:
        raise DeliveryError(f"There is no delivery {delivery_id}.")
    return_name, table_name, before = found
    if before is None:
        return []
    changes: list[RowChange] = []
    known = load_contracts() if contracts is None else contracts
    newest = [contract for contract in known if contract.return_name == return_name][-1]
    for table in newest.tables:
        filled = next((t for t in newest.tables if t.name == table.filled_with), table)
        if filled.delivered_as == table_name:
            changes.extend(_table_changes(connection, table, before, delivery_id))
    return changes


def _table_changes(
    connection: duckdb.DuckDBPyConnection, table: Table, before: int, after: int
) -> Iterator[RowChange]:
    columns = [column.name for column in table.columns]
    key = list(table.primary_key) or columns
    raw = f"raw.{quoted(table.raw_name)}"
    text = row_text({column: quoted(column) for column in columns})
    differing = ", ".join(
        f"case when old.{quoted(c)} is distinct from new.{quoted(c)} then {literal(c)} end"
        for c in columns
    )
    same_key = " and ".join(f"old.{quoted(c)} is not distinct from new.{quoted(c)}" for c in key)
    either = ", ".join(f"coalesce(new.{quoted(c)}, old.{quoted(c)}) as {quoted(c)}" for c in key)
    rows = connection.execute(
        f"""
        with two_deliveries as (
            select *, {text} as row_text from {raw} where _delivery_id in ({before}, {after})
        ),

        numbered as (
            select
                *,
                row_number() over (partition by _delivery_id, row_text order by _source_line)
                    as copy_number
            from two_deliveries
        ),

        unlike as (
            select * from numbered
            qualify count(*) over (partition by row_text, copy_number) = 1
        ),

        paired as (
            select
                *,
                row_number() over (
                    partition by _delivery_id, {names(key)} order by _source_line
                ) as key_number
            from unlike
        )

        select
            {either},
            case
                when old._source_line is null then 'added'
                when new._source_line is null then 'removed'
                else 'changed'
            end as change,
            coalesce(new._source_line, old._source_line) as line,
            case
                when old._source_line is not null and new._source_line is not null
                    then list_filter([{differing}], lambda name: name is not null)
                else []
            end as columns
        from (select * from paired where _delivery_id = {before}) as old
        full join (select * from paired where _delivery_id = {after}) as new
            on {same_key} and old.key_number = new.key_number
        order by all
        """
    ).fetchall()
    for row in rows:
        yield RowChange(row[len(key)], row[: len(key)], row[-2], tuple(row[-1]))


def utc(moment: dt.datetime) -> dt.datetime:
    """Write a moment as the manifest keeps it: UTC without saying so."""
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(dt.UTC).replace(tzinfo=None)
