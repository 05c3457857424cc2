"""Plain tables: a row of the file is a row of the raw table.

Where a return's period is divided into files that stand beside each other (a month, an
owner), each part found in the file is a series, and a delivery of its own. Published tables
are a series too: neighbours by model, the others by their own name.
"""

from __future__ import annotations

from pathlib import PurePosixPath

import duckdb

from orchestration.landing.layouts.part import INCOMING, Content, Filling, Part
from orchestration.landing.outcome import Refused
from orchestration.landing.recognition import Match
from orchestration.landing.sql import literal, quoted


def shape(connection: duckdb.DuckDBPyConnection, match: Match, file_name: str) -> list[Part]:
    """Take rows as they are.

    Raises:
        Refused: A row does not say which part of the period it belongs to.
    """
    published = match.contract.return_name == "published_statistics"
    divider = "model" if published else match.contract.parts
    if divider is not None and divider in match.columns:
        return _parts_by(connection, match, divider, published)
    if published:
        return [plain_part(match, match.table.delivered_as, None)]
    series = PurePosixPath(file_name).stem.lower() if divider is not None else None
    return [plain_part(match, series, None)]


def _parts_by(
    connection: duckdb.DuckDBPyConnection, match: Match, divider: str, published: bool
) -> list[Part]:
    cell = f"c{match.columns[divider]}"
    lines = connection.execute(
        f"select trim({cell}), min(_source_line) from {INCOMING} group by all order by all"
    ).fetchall()
    for value, line in lines:
        if not value:
            header = match.headers[match.columns[divider] - 1]
            raise Refused(
                f"line {line}, has nothing in the column {header}, which says what part of the "
                "return a row belongs to; fill it in and send the file again."
            )
    return [
        plain_part(
            match,
            str(value),
            str(value) if published else None,
            f"where trim({cell}) = {literal(str(value))}",
        )
        for value, _ in lines
    ]


def plain_part(match: Match, series: str | None, release: str | None, where: str = "") -> Part:
    """Map columns by position and change nothing else."""
    columns = {
        column.name: f"c{match.columns[column.name]}"
        for column in match.table.columns
        if column.name in match.columns
    }
    selected = ", ".join(f"{source} as {quoted(name)}" for name, source in columns.items())
    return Part(
        series,
        release,
        {
            match.table.raw_name: Filling(
                tuple(columns), f"select {selected}, _source_line from {INCOMING} {where}"
            )
        },
        Content(columns, f"{INCOMING} {where}"),
    )
