"""What a run did, read back from the warehouse and the publication it left.

Read back rather than passed along, so that the summary after a run, `pier status` the next
morning and the site all say the same.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.settings import Settings


@dataclass(frozen=True)
class DeliveryLine:
    """One delivery's fate: a file's table, how many rows, and why not if it was refused."""

    delivery_id: int
    source_file: str
    table: str
    fate: str
    rows: int
    rejected_rows: int
    reason: str | None


@dataclass(frozen=True)
class AuditLine:
    """How many rules ended how, for one severity; counts only."""

    severity: str
    outcome: str
    rules: int
    rows_failing: int


@dataclass(frozen=True)
class PublicationLine:
    """The publication in force."""

    publication_id: str
    built_at: dt.datetime
    as_at: dt.date
    run_id: str


@dataclass(frozen=True)
class RunSummary:
    """One run, for a person: what landed, what was found, what is published."""

    run_id: str
    deliveries: tuple[DeliveryLine, ...]
    audit: tuple[AuditLine, ...]
    stopping_messages: tuple[str, ...]
    publication: PublicationLine | None

    @property
    def published_now(self) -> bool:
        """Whether this run made the publication that is in force."""
        return self.publication is not None and self.publication.run_id == self.run_id


def summarise(settings: Settings, run_id: str) -> RunSummary:
    """Read what a run left behind.

    Args:
        settings: Where the warehouse and the publication are.
        run_id: The run; parts it did not reach are empty.
    """
    return RunSummary(
        run_id=run_id,
        deliveries=_deliveries(settings, run_id),
        audit=_audit(settings, run_id),
        stopping_messages=_stopping(settings, run_id),
        publication=publication_in_force(settings),
    )


def publication_in_force(settings: Settings) -> PublicationLine | None:
    """The publication BI users see now, or None before the first."""
    marts = settings.published_dir / "marts.duckdb"
    if not marts.exists():
        return None
    with duckdb.connect(str(marts), read_only=True) as published:
        row = published.execute(
            "select publication_id, built_at, as_at, run_id from meta_publication"
        ).fetchone()
    return PublicationLine(*row) if row else None


def all_deliveries(settings: Settings) -> tuple[DeliveryLine, ...]:
    """Every delivery ever, oldest first."""
    return tuple(DeliveryLine(*row) for row in _read(settings, _DELIVERIES.format(where="true")))


def freshness(settings: Settings) -> list[tuple[str, ...]]:
    """For each return and authority, the latest period in force and when it was received.

    Returns:
        Rows of return, authority (``England`` for national statistics), period, day.
    """
    return [
        tuple(str(value) for value in row)
        for row in _read(
            settings,
            """
            select
                return_name,
                coalesce(la_code, 'England') as authority,
                max(period_label) as latest_period,
                strftime(max(received_at), '%d %B %Y') as received,
            from raw.deliveries
            where fate = 'accepted'
            group by all
            order by all
            """,
        )
    ]


def open_failures(settings: Settings) -> list[tuple[str, ...]]:
    """Rules that failed or crashed in the latest audit, counted by owner and severity."""
    return [
        tuple(str(value) for value in row)
        for row in _read(
            settings,
            """
            select
                owner,
                severity,
                count(distinct rule_id) as rules,
                sum(rows_failing)::bigint as rows_failing,
            from validation.outcomes
            where
                outcome in ('failed', 'crashed')
                and run_id = (select max_by(run_id, checked_at) from validation.outcomes)
            group by all
            order by all
            """,
        )
    ]


_DELIVERIES = """
    select
        delivery_id,
        source_file,
        concat_ws(' ', return_name, table_name) as table_label,
        fate,
        coalesce(rows, 0),
        coalesce(rejected_rows, 0),
        reason,
    from raw.deliveries
    where {where}
    order by delivery_id
"""


def _deliveries(settings: Settings, run_id: str) -> tuple[DeliveryLine, ...]:
    rows = _read(settings, _DELIVERIES.format(where="run_id = ?"), run_id)
    return tuple(DeliveryLine(*row) for row in rows)


def _audit(settings: Settings, run_id: str) -> tuple[AuditLine, ...]:
    rows = _read(
        settings,
        """
        select
            severity,
            outcome,
            count(distinct rule_id) as rules,
            coalesce(sum(rows_failing), 0) as rows_failing,
        from validation.outcomes
        where run_id = ?
        group by all
        order by severity, outcome
        """,
        run_id,
    )
    return tuple(AuditLine(*row) for row in rows)


def _stopping(settings: Settings, run_id: str) -> tuple[str, ...]:
    rows = _read(
        settings,
        """
        select concat(rule_id, ' (', table_name, '): ', message)
        from validation.outcomes
        where run_id = ? and (
            outcome = 'crashed' or (outcome = 'failed' and severity = 'critical')
        )
        group by all
        order by all
        """,
        run_id,
    )
    return tuple(row[0] for row in rows)


def _read(settings: Settings, sql: str, *parameters: str) -> list[tuple[Any, ...]]:
    if not settings.warehouse_file.exists():
        return []
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as warehouse:
        try:
            return warehouse.execute(sql, list(parameters)).fetchall()
        except duckdb.CatalogException:
            # The run ended before this part of the warehouse was ever made.
            return []
