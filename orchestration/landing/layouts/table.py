"""Plain tables: a row of the file is a row of the raw table.

Published tables that come in one undated file (dictionary, code list) are a series of their
own; neighbours are split by model.
"""

from __future__ import annotations

import duckdb

from orchestration.landing.layouts.part import INCOMING, Filling, Part
from orchestration.landing.recognition import Match
from orchestration.landing.sql import literal, quoted, row_text


def shape(connection: duckdb.DuckDBPyConnection, match: Match, file_name: str) -> list[Part]:
    """Take rows as they are."""
    if not match.contract.national:
        return [plain_part(match, None, None)]
    if "model" not in match.columns:
        return [plain_part(match, match.table.delivered_as, None)]
    model = f"c{match.columns['model']}"
    models = connection.execute(
        f"select distinct {model} from {INCOMING} where {model} is not null order by 1"
    ).fetchall()
    return [
        plain_part(match, str(value), str(value), f"where {model} = {literal(str(value))}")
        for (value,) in models
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
        f"select {row_text(columns)} as row_text from {INCOMING} {where}",
    )
