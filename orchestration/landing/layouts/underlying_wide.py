"""The Department's older underlying data: a line per area, a coded column per figure.

Codes change by year and may stand twice in a file, so each cell keeps its column's place.
The file's name, without its leading year, says the subject.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import duckdb

from orchestration.landing.layouts.part import INCOMING, Content, Filling, Part
from orchestration.landing.outcome import Refused
from orchestration.landing.recognition import Match
from orchestration.landing.sql import literal, names, quoted

_LEADING_YEAR = re.compile(r"^(19|20)\d{2}[\s_-]+")


def shape(connection: duckdb.DuckDBPyConnection, match: Match, file_name: str) -> list[Part]:
    """Give each cell that does not describe the area a row of its own.

    Raises:
        Refused: No such cell.
    """
    described = set(match.columns.values())
    cells = [
        (position, header.strip())
        for position, header in enumerate(match.headers, start=1)
        if position not in described and header.strip()
    ]
    if not cells:
        raise Refused(
            "has no column beside those that name the area; figures were expected, so download "
            "it again."
        )
    area = {name: f"c{position}" for name, position in match.columns.items()}
    selected = ", ".join(f"{source} as {quoted(name)}" for name, source in area.items())
    select = f"""
        select
            {selected},
            unnest([{", ".join(literal(str(position)) for position, _ in cells)}])
                as column_position,
            unnest([{", ".join(literal(header) for _, header in cells)}]) as column_code,
            unnest([{", ".join(f"c{position}" for position, _ in cells)}]) as value,
            _source_line
        from {INCOMING}
    """
    columns = (*area, "column_position", "column_code", "value")
    stem = PurePosixPath(file_name).stem.lower()
    return [
        Part(
            _LEADING_YEAR.sub("", stem) or stem,
            None,
            {
                match.table.raw_name: Filling(
                    columns, f"select {names(columns)}, _source_line from ({select})"
                )
            },
            Content({column: quoted(column) for column in columns}, f"({select})"),
        )
    ]
