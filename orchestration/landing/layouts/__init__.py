"""Layouts: how the rows of a file become rows of raw tables, one module for each shape.

A layout sees rows already read (``part.INCOMING``) and answers with SQL; it neither opens
files nor writes to the warehouse.
"""

from __future__ import annotations

import duckdb

from orchestration.landing.layouts import ees, lait_long, neighbours_wide, table, underlying_wide
from orchestration.landing.layouts.part import Part
from orchestration.landing.recognition import Match

_SHAPES = {
    "table": table.shape,
    "ees": ees.shape,
    "lait_long": lait_long.shape,
    "neighbours_wide": neighbours_wide.shape,
    "underlying_wide": underlying_wide.shape,
}


def shape(connection: duckdb.DuckDBPyConnection, match: Match, file_name: str) -> list[Part]:
    """Work out what the rows just read amount to.

    Args:
        connection: Where ``part.INCOMING`` holds them.
        match: The table they were recognised as.
        file_name: The file's name without its folders.

    Returns:
        A part for each delivery in the file.

    Raises:
        Refused: The rows cannot be what the header promised; the sentence lacks the file's name.
    """
    return _SHAPES[match.layout](connection, match, file_name)
