"""What makes two deliveries the same: their rows, in whatever order rows and columns came.

Here: one digest for all rows of a delivery. Not here: what follows from it (``engine``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import duckdb

from orchestration.landing.layouts.part import Content

_FIRST_ROWS = 2048


def content_digest(connection: duckdb.DuckDBPyConnection, content: Content) -> str:
    """Digest rows in one pass, the same whatever the order of rows and columns.

    A column without a value in any row counts as no column, so that one added to a return
    later changes nothing until it is used. Each row gives two 64-bit numbers; their sums and
    the count stand for the file. The numbers are DuckDB's own ``hash``, good for billions of
    rows a second but only promised to stay within a version of DuckDB: a test holds it still,
    and the version is pinned.

    Args:
        connection: Where the rows can be seen.
        content: The rows.

    Returns:
        64 hexadecimal digits.
    """
    filled = _filled(connection, content)
    used = [pair for pair in sorted(content.cells.items()) if pair[0] in filled]
    if not used:
        found: object = connection.execute(f"select count(*) from {content.rows}").fetchone()
    else:
        numbers = [f"n{index}" for index in range(len(used))]
        hashed = ", ".join(
            f"hash({cell}) as {number}" for (_, cell), number in zip(used, numbers, strict=True)
        )
        forwards, backwards = ", ".join(numbers), ", ".join(reversed(numbers))
        found = connection.execute(
            f"""
            with hashed as (
                select {hashed} from {content.rows}
            )

            select count(*), sum(hash(hash({forwards}))), sum(hash(hash({backwards}, 1)))
            from hashed
            """
        ).fetchone()
    names = [name for name, _ in used]
    return hashlib.sha256(repr((names, found)).encode()).hexdigest()


def _filled(connection: duckdb.DuckDBPyConnection, content: Content) -> set[str]:
    """Name the columns with a value in any row.

    Most show one in the first rows, so that only the others need to be looked through.
    """
    filled = _filled_in(connection, content.cells, f"{content.rows} limit {_FIRST_ROWS}")
    left = {name: cell for name, cell in content.cells.items() if name not in filled}
    return filled | _filled_in(connection, left, content.rows) if left else filled


def _filled_in(
    connection: duckdb.DuckDBPyConnection, cells: Mapping[str, str], rows: str
) -> set[str]:
    selected = ", ".join(f"{cell} as n{index}" for index, cell in enumerate(cells.values()))
    counted = ", ".join(f"count(n{index})" for index in range(len(cells)))
    counts = connection.execute(f"select {counted} from (select {selected} from {rows})").fetchone()
    return {name for name, count in zip(cells, counts or (), strict=True) if count}
