"""What a run did, read back from the warehouse and the publication it left.

Read back rather than passed along, so that the summary after a run, `pier status` the next
morning and the site all say the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.landing.files import find_files
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
    """How many rules ended how, for one severity; counts only.

    Attributes:
        severity: critical, error or warning.
        outcome: passed, failed, skipped or crashed.
        rules: How many rules.
        rows_failing: Rows that fail.
        rows_new: Those of them that did not the time before.
        rows_mended: Rows that failed the time before and do no longer.
        rows_acknowledged: Failing rows that are true but odd, as their owners say.
    """

    severity: str
    outcome: str
    rules: int
    rows_failing: int
    rows_new: int
    rows_mended: int
    rows_acknowledged: int


@dataclass(frozen=True)
class HeldLine:
    """A delivery that fails a critical rule, and that nothing has taken the place of.

    Attributes:
        delivery_id: The delivery.
        source_file: Its file.
        reason: The rule, how many rows fail it, and what counts in its place.
        is_new: Whether this run held it back.
    """

    delivery_id: int
    source_file: str
    reason: str
    is_new: bool


@dataclass(frozen=True)
class PublicationLine:
    """The publication in force."""

    publication_id: str
    built_at: dt.datetime
    as_at: dt.date
    run_id: str


@dataclass(frozen=True)
class RunSummary:
    """One run, for a person: what landed, what was found, what is published.

    Attributes:
        run_id: The run.
        deliveries: What it landed or refused.
        left: Files no run has taken yet: they were being copied, or it did not come to them.
        audit: How its rules ended.
        stopping_messages: Why it did not publish.
        held: Deliveries that are held back.
        publication: What BI users see now.
    """

    run_id: str
    deliveries: tuple[DeliveryLine, ...]
    left: tuple[str, ...]
    audit: tuple[AuditLine, ...]
    stopping_messages: tuple[str, ...]
    held: tuple[HeldLine, ...]
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
    deliveries = _deliveries(settings, run_id)
    return RunSummary(
        run_id=run_id,
        deliveries=deliveries,
        left=_left(settings, deliveries),
        audit=_audit(settings, run_id),
        stopping_messages=_stopping(settings, run_id),
        held=held_back(settings, run_id),
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
    """Rules that failed or crashed in the latest audit, counted by owner and severity.

    Rows their owner has acknowledged are not open, nor is a rule all of whose rows are.
    """
    return [
        tuple(str(value) for value in row)
        for row in _read(
            settings,
            """
            select
                owner,
                severity,
                count(distinct rule_id) as rules,
                sum(rows_failing - coalesce(rows_acknowledged, 0))::bigint as rows_open,
            from validation.outcomes
            where
                (outcome = 'crashed'
                    or outcome = 'failed' and rows_failing > coalesce(rows_acknowledged, 0))
                and run_id = (select max_by(run_id, checked_at) from validation.outcomes)
            group by all
            order by all
            """,
        )
    ]


def held_back(settings: Settings, run_id: str = "") -> tuple[HeldLine, ...]:
    """Deliveries held back for a critical rule, oldest first, until one takes their place.

    Args:
        settings: Where the warehouse is.
        run_id: The run for which to say whether it held them.
    """
    rows = _read(
        settings,
        """
        select
            held.delivery_id,
            held.source_file,
            held.reason,
            held.judged_run_id = ? as is_new,
        from raw.deliveries as held
        where
            held.fate = 'held'
            and held.judged_at is not null
            and not exists (
                select 1
                from raw.deliveries as later
                where
                    later.delivery_id > held.delivery_id
                    and later.fate = 'accepted'
                    and later.return_name = held.return_name
                    and later.la_code is not distinct from held.la_code
                    and later.period_label is not distinct from held.period_label
                    and later.table_name is not distinct from held.table_name
                    and later.series is not distinct from held.series
            )
        order by held.delivery_id
        """,
        run_id,
    )
    return tuple(HeldLine(*row) for row in rows)


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


def _left(settings: Settings, deliveries: Iterable[DeliveryLine]) -> tuple[str, ...]:
    """Files of the landing zone that no run has taken; those just refused are said already."""
    taken = set(_read(settings, "select source_file, size_bytes, mtime_ns from raw.seen_files"))
    said = {line.source_file for line in deliveries if line.fate == "refused"}
    return tuple(
        file.source_file
        for file in find_files(settings.landing_dir)
        if (file.source_file, file.size_bytes, file.mtime_ns) not in taken
        and file.source_file not in said
    )


def _audit(settings: Settings, run_id: str) -> tuple[AuditLine, ...]:
    rows = _read(
        settings,
        """
        select
            severity,
            outcome,
            count(distinct rule_id) as rules,
            coalesce(sum(rows_failing), 0)::bigint as rows_failing,
            coalesce(sum(rows_new), 0)::bigint as rows_new,
            coalesce(sum(rows_mended), 0)::bigint as rows_mended,
            coalesce(sum(rows_acknowledged), 0)::bigint as rows_acknowledged,
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
        except (duckdb.CatalogException, duckdb.BinderException):
            # The run ended before this part of the warehouse was ever made, or brought up to date.
            return []
