"""What makes two deliveries the same: their rows, in whatever order rows and columns came.

Here: one digest for all rows of a delivery. Not here: what follows from it (``engine``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Set

import duckdb

from orchestration.landing.layouts.part import Content


def content_digest(
    connection: duckdb.DuckDBPyConnection, content: Content, full_columns: Set[str]
) -> str:
    """Digest rows in one pass, the same whatever the order of rows and columns.

    A column without a value in any row counts as no column, so that one added to a return
    later changes nothing until it is used. Each row gives two 64-bit numbers; their sums and
    the count stand for the file. The numbers are DuckDB's own ``hash``, good for billions of
    rows a second but only promised to stay within a version of DuckDB: a test holds it still,
    and the version is pinned.

    Args:
        connection: Where the rows can be seen.
        content: The rows, at least one unless ``full_columns`` is empty.
        full_columns: Columns as read that are known to have a value in every row.

    Returns:
        64 hexadecimal digits.
    """
    filled = _filled(connection, content, full_columns)
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


def _filled(
    connection: duckdb.DuckDBPyConnection, content: Content, full_columns: Set[str]
) -> set[str]:
    """Name the columns with a value in any row; only those not known to have one are counted."""
    doubtful = {n: cell for n, cell in content.cells.items() if cell not in full_columns}
    filled = set(content.cells.keys() - doubtful.keys())
    if doubtful:
        counts = connection.execute(
            f"select {', '.join(f'count({cell})' for cell in doubtful.values())} "
            f"from {content.rows}"
        ).fetchone()
        filled.update(n for n, count in zip(doubtful, counts or (), strict=True) if count)
    return filled
