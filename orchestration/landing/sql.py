"""Writing names and texts into SQL safely.

Here: quoting. Cells of a return never pass through here; they travel as Arrow batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SEPARATOR = "chr(31)"


def quoted(name: str) -> str:
    """Quote an identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | None) -> str:
    """Quote a text, or write null."""
    return "null" if text is None else "'" + text.replace("'", "''") + "'"


def names(columns: Iterable[str]) -> str:
    """List quoted identifiers."""
    return ", ".join(quoted(column) for column in columns)


def row_text(columns: Mapping[str, str]) -> str:
    """Write a row as one text, the same whatever order its columns came in.

    Args:
        columns: SQL expression by name; empty cells leave no trace, so that a column added
            later without values changes nothing.
    """
    pairs = [f"{literal(f'{name}=')} || {columns[name]}" for name in sorted(columns)]
    return f"concat_ws({SEPARATOR}, {', '.join(pairs)})"
