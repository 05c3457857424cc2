"""Telling which table a header belongs to, by its columns and never by the file's name.

Here: comparing headers with contracts, and saying in one sentence what does not fit. Not
here: reading files (``readers``) or filling tables (``layouts``).

A header fits a table when it has every column the table must have. Case, blanks and known
aliases do not matter, and columns nobody asked for are left out. Last year's layout is
taken too; so is a table or column that a later year brought in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.landing.contracts import Column, Contract, Table
from orchestration.landing.outcome import Refused

NEIGHBOUR_HEADER = re.compile(r"sn_?(\d+)")
_LA_NUMBER_HEADERS = ("la_num", "la_number", "old_la_code")
_NEAR_ENOUGH = 0.5
"""Share of a table's columns a header must have for us to say which one is missing."""


@dataclass(frozen=True)
class Match:
    """A header that belongs to a table.

    Attributes:
        contract: The contract it fits.
        table: The table of that contract.
        layout: Which of the table's layouts.
        columns: Position in the file (from 1) of each of the table's columns it has.
        headers: All headers as sent.
        notes: What was tolerated, a sentence each.
    """

    contract: Contract
    table: Table
    layout: str
    columns: Mapping[str, int]
    headers: tuple[str, ...]
    notes: tuple[str, ...]


def plain(header: str) -> str:
    """Reduce a header to what counts: lower-case letters and digits, joined by ``_``."""
    return re.sub(r"[^a-z0-9]+", "_", header.lower()).strip("_")


def recognise(
    header: Sequence[str], contract: Contract, contracts: Sequence[Contract]
) -> Match | None:
    """Find the table a header belongs to within a return.

    Args:
        header: Cells of the header as sent.
        contract: The contract in force for the folder's period.
        contracts: All contracts; those of the same return are tried too.

    Returns:
        The match, or None when it fits no table of the return.

    Raises:
        Refused: It fits, but has a column twice. The sentence lacks the file's name, which
            ``engine`` puts in front.
    """
    siblings = [c for c in contracts if c.return_name == contract.return_name]
    place = next(i for i, c in enumerate(siblings) if c.version == contract.version)
    later, last = siblings[place + 1 :], siblings[max(place - 1, 0) : place]
    for version in [contract, *last, *later]:
        match = _best_match(header, version)
        if match is None:
            continue
        if version is contract:
            return _with_later_columns(match, later)
        return _in_another_year(match, contract, is_later=version in later)
    return None


def whole_table(header: Sequence[str], contract: Contract, table: Table) -> Match:
    """Match a table whose columns are known and stand in the contract's order."""
    columns = {column.name: position for position, column in enumerate(table.columns, start=1)}
    return Match(contract, table, "table", columns, tuple(header), ())


def explain(header: Sequence[str], contract: Contract, contracts: Sequence[Contract]) -> str:
    """Say why a header fits no table of a return, and what to do; the file's name goes first."""
    for other in contracts:
        match = _best_match(header, other) if other.return_name != contract.return_name else None
        if match is not None and match.layout != "underlying_wide":
            return (
                f"holds {match.table.delivered_as} of the return {other.return_name}, not of "
                f"{contract.return_name}; move it to the folder landing/{other.return_name}."
            )
    nearest, missing = _nearest(header, contract)
    if nearest is not None:
        columns = "column" if len(missing) == 1 else "columns"
        return (
            f"looks like {nearest.name} of {contract.return_name} but lacks the {columns} "
            f"{_list(missing)}; add {'it' if len(missing) == 1 else 'them'} to the header line "
            "and send the file again."
        )
    tables = ", ".join(dict.fromkeys(t.delivered_as for t in contract.tables if not t.filled_with))
    return (
        f"has a header line that fits no table of {contract.return_name}; the columns of one of "
        f"these were expected: {tables}."
    )


def _best_match(header: Sequence[str], contract: Contract) -> Match | None:
    matches = [
        match
        for table in contract.tables
        if table.filled_with is None
        for layout in table.layouts
        if (match := _fit(header, contract, table, layout)) is not None
    ]
    return max(matches, key=lambda match: len(match.columns), default=None)


def _fit(header: Sequence[str], contract: Contract, table: Table, layout: str) -> Match | None:
    if layout == "neighbours_wide":
        return _fit_neighbours(header, contract, table)
    if layout == "underlying_wide":
        return _fit_underlying(header, contract, table)
    columns, repeated = _positions(header, table.columns)
    if any(not column.optional and column.name not in columns for column in table.columns):
        return None
    if repeated:
        raise Refused(
            f"has the column {repeated[0]} twice in its header line; take out the one that is "
            "not meant and send the file again."
        )
    notes = _header_notes(header, table.columns, columns)
    if layout != "ees":
        notes += _extra_note(header, set(columns.values()))
    return Match(contract, table, layout, columns, tuple(header), notes)


def _positions(
    header: Sequence[str], columns: Sequence[Column]
) -> tuple[dict[str, int], list[str]]:
    """Give the position of each column found, and the headers that name one a second time."""
    names = {
        plain(spelling): column.name
        for column in columns
        for spelling in (*column.aliases, column.header, column.name)
    }
    positions: dict[str, int] = {}
    repeated: list[str] = []
    for position, cell in enumerate(header, start=1):
        name = names.get(plain(cell))
        if name in positions:
            repeated.append(cell.strip())
        elif name is not None:
            positions[name] = position
    return positions, repeated


def _header_notes(
    header: Sequence[str], columns: Sequence[Column], positions: Mapping[str, int]
) -> tuple[str, ...]:
    spelt = [
        f"{header[positions[column.name] - 1]!r} for {column.header}"
        for column in columns
        if column.name in positions and header[positions[column.name] - 1] != column.header
    ]
    return (f"Header spelt otherwise: {', '.join(spelt)}.",) if spelt else ()


def _extra_note(header: Sequence[str], known: set[int]) -> tuple[str, ...]:
    extra = [
        cell.strip() or f"(no name, column {position})"
        for position, cell in enumerate(header, start=1)
        if position not in known
    ]
    return (f"Left out columns nobody asked for: {', '.join(extra)}.",) if extra else ()


def _with_later_columns(match: Match, later: Sequence[Contract]) -> Match:
    """Take columns too that a later year of the return knows."""
    for version in later:
        table = next((t for t in version.tables if t.name == match.table.name), None)
        if table is None or match.layout != "table":
            continue
        known = {column.name for column in match.table.columns}
        new = [column for column in table.columns if column.name not in known]
        found, _ = _positions(match.headers, new)
        if found:
            columns = {**match.columns, **found}
            notes = tuple(n for n in match.notes if not n.startswith("Left out"))
            return Match(
                match.contract,
                table,
                match.layout,
                columns,
                match.headers,
                (
                    *notes,
                    *_extra_note(match.headers, set(columns.values())),
                    f"Has columns asked for from {version.version} on: {_list(list(found))}.",
                ),
            )
    return match


def _in_another_year(match: Match, contract: Contract, is_later: bool) -> Match:
    version = match.contract.version
    note = (
        f"{match.table.name} is asked for from {version} on; taken all the same."
        if is_later
        else f"In last year's layout ({version}), without the columns that came since."
    )
    return Match(
        contract, match.table, match.layout, match.columns, match.headers, (*match.notes, note)
    )


def _fit_neighbours(header: Sequence[str], contract: Contract, table: Table) -> Match | None:
    """Fit the publisher's wide form: a line per authority, neighbours SN1 to SN10 across."""
    names = [plain(cell) for cell in header]
    neighbours = [position for position, n in enumerate(names) if NEIGHBOUR_HEADER.fullmatch(n)]
    number = next((names.index(n) for n in _LA_NUMBER_HEADERS if n in names), None)
    if len(neighbours) < 2 or number is None or "la_name" not in names:
        return None
    columns = {"la_number": number + 1, "la_name": names.index("la_name") + 1}
    for region in ("goreg", "region_name"):
        if region in names:
            columns["region_name"] = names.index(region) + 1
    notes = ("Neighbours stand across the page; landed one to a row.",)
    return Match(contract, table, "neighbours_wide", columns, tuple(header), notes)


def _fit_underlying(header: Sequence[str], contract: Contract, table: Table) -> Match | None:
    """Fit the older wide form: columns that name the area, which some files leave unnamed."""
    columns, _ = _positions(header, [column for column in table.columns if column.optional])
    if [plain(cell) for cell in header[:2]] == ["", ""]:
        columns = {"area_code": 1, "area_name": 2} | columns
    if not {"area_code", "area_name"} & set(columns):
        return None
    return Match(contract, table, "underlying_wide", columns, tuple(header), ())


def _nearest(header: Sequence[str], contract: Contract) -> tuple[Table | None, list[str]]:
    best: tuple[float, Table | None, list[str]] = (_NEAR_ENOUGH, None, [])
    for table in contract.tables:
        if table.filled_with is not None:
            continue
        needed = [column for column in table.columns if not column.optional]
        if not needed:
            continue
        found, _ = _positions(header, table.columns)
        missing = [column.header for column in needed if column.name not in found]
        share = 1 - len(missing) / len(needed)
        if share > best[0] and len(found) >= 2:
            best = (share, table, missing)
    return best[1], best[2]


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
