"""What every reader gives: a part of a file that holds one table as text.

Here: the shape handed from readers to ``recognition`` and ``engine``. Not here: any format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from orchestration.landing.contracts import Table
from orchestration.landing.outcome import Rejection

LINE_COLUMN = "_source_line"


@dataclass(frozen=True)
class Limits:
    """How much of a file landing is ready to read.

    Attributes:
        file_bytes: Larger files are refused.
        row_bytes: Longer rows are rejected; also bounds what an unclosed quote can swallow.
        bad_quotes: A file with more rows of misplaced quotation marks is refused.
        expanded_bytes: Larger contents of a compressed file are refused.
        members: Archives of more files are refused.
        expansion: Archives that grow by more than this are refused.
    """

    file_bytes: int = 2 * 1024**3
    row_bytes: int = 1024**2
    bad_quotes: int = 1000
    expanded_bytes: int = 4 * 1024**3
    members: int = 200
    expansion: int = 100


@dataclass(frozen=True)
class Header:
    """One line of a section that may be its header.

    Attributes:
        line: Its line in the file.
        cells: Its cells as sent; position n names column ``c<n + 1>`` of the batches.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """One table of a file: a CSV file, a sheet, the rows of one XML element.

    Attributes:
        place: Where in the file, as ``sheet Episodes``; empty when it is the whole file.
        headers: Lines that may be the header, in order.
        read: Given the header chosen and a list to add rejected rows to, yields batches:
            text columns ``c1`` … and ``LINE_COLUMN``.
        notes: What the reader tolerated, a sentence each.
        table: The table it holds, where the reader knows; else the header tells.
    """

    place: str
    headers: Sequence[Header]
    read: Callable[[Header, list[Rejection]], Iterator[pa.Table]]
    notes: tuple[str, ...] = ()
    table: Table | None = None


def column_names(count: int) -> list[str]:
    """Name the columns of a batch."""
    return [f"c{number}" for number in range(1, count + 1)]
