"""Explore Education Statistics: shared columns to a row, every other cell to a row of its own.

Which of those cells are filters and which indicators is not said in the file and not judged
here; staging decides from the values of the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

import duckdb

from orchestration.landing.layouts.part import INCOMING, Content, Filling, Part
from orchestration.landing.outcome import Refused
from orchestration.landing.recognition import Match
from orchestration.landing.sql import literal, quoted

_COPY_MARK = re.compile(r"\s*\(\d+\)$")
_YEAR_RANGE = re.compile(r"[\s_-]*(19|20)\d{2}(_to_|_|-)((19|20)\d{2}|\d{2})$")


def dataset_name(file_name: str) -> str:
    """Name the series of a file: its stem without copy marks and a trailing range of years."""
    stem = _COPY_MARK.sub("", PurePosixPath(file_name).stem.lower().strip())
    return _YEAR_RANGE.sub("", stem) or stem


def shape(connection: duckdb.DuckDBPyConnection, match: Match, file_name: str) -> list[Part]:
    """Split each line into its shared columns and its cells.

    Raises:
        Refused: A column twice, none beside the shared ones, or no period anywhere.
    """
    taken = set(match.columns.values())
    cells = {
        position: header.strip()
        for position, header in enumerate(match.headers, start=1)
        if position not in taken and header.strip()
    }
    _check_cells(list(cells.values()))
    period = f"c{match.columns['time_period']}"
    found = connection.execute(f"select max({period}) from {INCOMING}").fetchone()
    if found is None or found[0] is None:
        raise Refused(
            "has no time_period on any line; every line must say its period, so export the file "
            "again."
        )
    shared = {name: f"c{position}" for name, position in match.columns.items()}
    selected = ", ".join(f"{source} as {quoted(name)}" for name, source in shared.items())
    every = shared | {header: f"c{position}" for position, header in cells.items()}
    unpivoted = (
        f"select unnest({_texts(str(position) for position in cells)}) as column_position, "
        f"unnest({_texts(cells.values())}) as column_name, "
        f"unnest([{', '.join(f'c{position}' for position in cells)}]) as value, "
        f"_source_line from {INCOMING}"
    )
    cells_table = match.contract.table("ees_cells").raw_name
    return [
        Part(
            dataset_name(file_name),
            str(found[0]),
            {
                match.table.raw_name: Filling(
                    tuple(shared), f"select {selected}, _source_line from {INCOMING}"
                ),
                cells_table: Filling(("column_position", "column_name", "value"), unpivoted),
            },
            Content(every, INCOMING),
        )
    ]


def _check_cells(headers: list[str]) -> None:
    if not headers:
        raise Refused(
            "has no column beside the shared ones; filters and figures were expected, so export "
            "the file again."
        )
    seen: set[str] = set()
    for header in headers:
        if header.lower() in seen:
            raise Refused(
                f"has the column {header} twice in its header line; take out the one that is "
                "not meant and send the file again."
            )
        seen.add(header.lower())


def _texts(values: Iterable[str]) -> str:
    return "[" + ", ".join(literal(value) for value in values) + "]"
