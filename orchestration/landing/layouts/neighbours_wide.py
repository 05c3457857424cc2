"""Statistical neighbours as published: a line per authority, its neighbours across the page.

Authorities below the line ``Old SNs:`` are abolished ones. The page does not say which
model it is: the file's name must.
"""

from __future__ import annotations

import re

import duckdb

from orchestration.landing.layouts.part import INCOMING, Content, Filling, Part
from orchestration.landing.outcome import Refused
from orchestration.landing.recognition import NEIGHBOUR_HEADER, Match, plain
from orchestration.landing.sql import literal, names

_COLUMNS = (
    "model",
    "la_number",
    "la_name",
    "region_name",
    "neighbour_rank",
    "neighbour_la_number",
    "closeness",
    "listed_under_old_sns",
)
_YEAR = re.compile(r"(?<!\d)20\d{2}(?!\d)")


def shape(connection: duckdb.DuckDBPyConnection, match: Match, file_name: str) -> list[Part]:
    """Turn the page into one row for each authority and neighbour.

    Raises:
        Refused: Neither a column nor the file's name says the model's year.
    """
    year = _YEAR.search(file_name)
    if year is None:
        raise Refused(
            "does not say which year's model of statistical neighbours it is; put the year into "
            "the file's name, as sn_may_2025.xlsx, and send it again."
        )
    number, name = f"c{match.columns['la_number']}", f"c{match.columns['la_name']}"
    region = f"c{match.columns['region_name']}" if "region_name" in match.columns else "null"
    across = _across(match.headers)
    select = f"""
        with marked as (
            select
                *,
                _source_line > coalesce((
                    select min(_source_line) from {INCOMING}
                    where lower({name}) like 'old sn%' and {number} is null
                ), 9223372036854775807) as is_old
            from {INCOMING}
        ),

        one_to_a_row as (
            select
                {literal(year[0])} as model,
                {number} as la_number,
                {name} as la_name,
                {region} as region_name,
                unnest([{", ".join(literal(rank) for rank, _, _ in across)}]) as neighbour_rank,
                unnest([{", ".join(f"c{place}" for _, place, _ in across)}])
                    as neighbour_la_number,
                unnest([{", ".join(f"c{place}" for _, _, place in across)}]) as closeness,
                case when is_old then 'Y' else 'N' end as listed_under_old_sns,
                _source_line
            from marked
            where {number} is not null
        )

        select {names(_COLUMNS)}, _source_line
        from one_to_a_row
        where neighbour_la_number is not null and neighbour_la_number <> '-'
    """
    return [
        Part(
            year[0],
            year[0],
            {match.table.raw_name: Filling(_COLUMNS, select)},
            Content({column: column for column in _COLUMNS}, f"({select})"),
        )
    ]


def _across(headers: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """List rank, column of the neighbour and column of its closeness (the next one)."""
    across: list[tuple[str, int, int]] = []
    for position, header in enumerate(headers, start=1):
        rank = NEIGHBOUR_HEADER.fullmatch(plain(header))
        if rank is not None:
            across.append((rank[1], position, position + 1))
    return across
