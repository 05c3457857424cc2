"""Does the file as a whole make sense where it was put? Judged from all its dates at once.

Here: what is true of a file and would make every row of it wrong. Not here: whether a value
is right (``expectations``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.landing.contracts import Column, period_start_year
from orchestration.landing.files import Address
from orchestration.landing.layouts.part import INCOMING
from orchestration.landing.outcome import Held, Refused
from orchestration.landing.recognition import Match
from orchestration.landing.sql import literal

_FEW = 0.1
"""At most this share of a file's event dates in the folder's year makes it suspicious ..."""
_MOST = 0.5
"""... and more than this share in one other year makes it belong there."""
_ENOUGH = 5
"""Fewer event dates than this prove nothing."""
_DAY_FIRST = "%d/%m/%Y"
_MONTH_FIRST = r"^(0?[1-9]|1[0-2])/(1[3-9]|2[0-9]|3[01])/[0-9]{4}"
_SURELY_DAY_FIRST = r"^(1[3-9]|2[0-9]|3[01])/(0?[1-9]|1[0-2])/[0-9]{4}"
_MONTHS_BEFORE = {"financial": 3, "academic": 8, "calendar": 0}
"""Months of a calendar year that belong to the return's year before."""


def check_place(
    connection: duckdb.DuckDBPyConnection, match: Match, address: Address, confirmed: bool = False
) -> None:
    """Look whether the rows just read belong to the folder they came in.

    A return covers the events of one year, but carries older ones (reviews before it) and the
    odd mistake. So a file is held only when it has at least five event dates, at most a tenth
    of them fall in the folder's year and more than half fall in one other year. Dates that may
    well lie years back, as the start of an episode still open, are no event dates. Where a
    column names the year itself, or the authority, one other value is enough.

    Args:
        connection: Where ``part.INCOMING`` holds the rows.
        match: The table they were recognised as.
        address: The folder's authority and collection year; none for a national return.
        confirmed: Whether a person said that the file is right where it is.

    Raises:
        Refused: Dates are proved to be month first.
        Held: Dates belong to another year than the folder says, or the rows to another authority.
    """
    days = _days_of(connection, match)
    _refuse_month_first(days)
    if confirmed:
        return
    if address.la_code is not None:
        _hold_other_authority(connection, match, address.la_code)
    if address.period is not None:
        _hold_other_header(connection, match, address.period)
        _hold_other_year(days, address.period)


@dataclass(frozen=True)
class _Days:
    """What the dates of a column say.

    Attributes:
        column: The column.
        month_first: First line with a date that can only have the month first.
        day_first: Whether any date can only have the day first.
        years: Dates in each collection year, by the calendar year it starts in.
    """

    column: Column
    month_first: int | None
    day_first: bool
    years: Mapping[int, int]


def _days_of(connection: duckdb.DuckDBPyConnection, match: Match) -> list[_Days]:
    """Look at all dates that can tell something, once for all that they can tell."""
    return [
        _look_at_days(connection, match, column)
        for column in match.table.columns
        if column.name in match.columns and (column.event_date or _is_british(column))
    ]


def _is_british(column: Column) -> bool:
    return column.logical_type == "date" and _DAY_FIRST in column.date_formats


def _look_at_days(connection: duckdb.DuckDBPyConnection, match: Match, column: Column) -> _Days:
    months = _MONTHS_BEFORE[match.contract.year]
    parsed = ", ".join(f"try_strptime(cell, {literal(pattern)})" for pattern in column.date_formats)
    rows = connection.execute(
        f"""
        select
            year(coalesce({parsed}) - interval {months} month) as first_year,
            sum(copies)::bigint,
            min(line) filter (where regexp_matches(cell, {literal(_MONTH_FIRST)})),
            coalesce(bool_or(regexp_matches(cell, {literal(_SURELY_DAY_FIRST)})), false)
        from ({_different_cells(match, column)})
        group by first_year
        """
    ).fetchall()
    return _Days(
        column,
        min((line for _, _, line, _ in rows if line is not None), default=None),
        any(day_first for *_, day_first in rows),
        {year: copies for year, copies, *_ in rows if year is not None},
    )


def _refuse_month_first(days: Sequence[_Days]) -> None:
    for seen in days:
        if _is_british(seen.column) and seen.month_first is not None and not seen.day_first:
            raise Refused(
                f"line {seen.month_first}, column {seen.column.header}, has a date with the month "
                "first, and no date in the file has the day first; day/month/year was expected, "
                "so export it again with British dates."
            )


def _hold_other_authority(
    connection: duckdb.DuckDBPyConnection, match: Match, la_code: str
) -> None:
    """Hold a file that names another authority than its folder does."""
    for column in match.table.columns:
        if not column.la_code or column.name not in match.columns:
            continue
        found = connection.execute(
            f"""
            select _source_line, trim(c{match.columns[column.name]}) as said
            from {INCOMING}
            where said <> {literal(la_code)} and regexp_full_match(said, '[0-9]{{3}}')
            order by _source_line
            limit 1
            """
        ).fetchone()
        if found is not None:
            line, said = found
            raise Held(
                f"line {line}, column {column.header}, says authority {said}, but lies in the "
                f"folder of {la_code}; move it to the folder {said} if it is theirs."
            )


def _hold_other_header(connection: duckdb.DuckDBPyConnection, match: Match, period: str) -> None:
    """Hold a file that names another year than its folder does."""
    end = period_start_year(period) + 1
    for column in match.table.columns:
        if not column.end_year or column.name not in match.columns:
            continue
        found = connection.execute(
            f"""
            select _source_line, try_cast(trim(c{match.columns[column.name]}) as integer) as said
            from {INCOMING}
            where said <> {end} and said between 1990 and 2100
            order by _source_line
            limit 1
            """
        ).fetchone()
        if found is not None:
            line, said = found
            other = f"{said - 1}-{said % 100:02d}"
            raise Held(
                f"line {line}, column {column.header}, says {said}, but lies in the folder "
                f"{period}, which ends in {end}; move it to the folder {other} if it belongs there."
            )


def _hold_other_year(days: Sequence[_Days], period: str) -> None:
    counts: Counter[int] = Counter()
    for seen in days:
        if seen.column.event_date:
            counts.update(seen.years)
    total = sum(counts.values())
    if total < _ENOUGH:
        return
    here = period_start_year(period)
    fullest = max(counts, key=lambda year: (counts[year], year))
    if fullest == here or counts[here] > _FEW * total or counts[fullest] <= _MOST * total:
        return
    other = f"{fullest}-{(fullest + 1) % 100:02d}"
    raise Held(
        f"has {counts[fullest]:,} of its {total:,} event dates in {other} and "
        f"{counts[here]:,} in {period}, the year of its folder; move it to the folder "
        f"{other} if it belongs there."
    )


def _different_cells(match: Match, column: Column) -> str:
    """Ask for the cells of a column, what is alike only once, for a file has few days.

    Trimmed only afterwards: for every row that would cost more than all the rest.
    """
    cell = f"c{match.columns[column.name]}"
    return f"""
        select trim({cell}) as cell, copies, line
        from (
            select {cell}, count(*) as copies, min(_source_line) as line
            from {INCOMING}
            group by {cell}
        )
    """
