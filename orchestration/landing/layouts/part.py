"""What every layout gives: the rows of one delivery, as SQL over the rows just read.

Here: the shape handed from ``layouts`` to ``engine``. Not here: any layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

INCOMING = "landing_incoming"
"""View of the rows read: ``c1`` …, ``_source_line``."""


@dataclass(frozen=True)
class Filling:
    """Rows for one raw table.

    Attributes:
        columns: Columns filled.
        select: Query giving those columns and ``_source_line``, in this order.
    """

    columns: tuple[str, ...]
    select: str


@dataclass(frozen=True)
class Content:
    """What is compared of a delivery.

    Attributes:
        cells: SQL expression of each column by name.
        rows: What stands after ``from``: where those expressions hold.
    """

    cells: Mapping[str, str]
    rows: str


@dataclass(frozen=True)
class Part:
    """Rows that make up one delivery.

    Attributes:
        series: Which of several files of one layout; None for authorities' returns.
        release: Period label the rows carry themselves; None to use the folder's.
        tables: By raw table, the first being the one whose rows are counted.
        content: Its rows, for comparing deliveries.
        notes: What was tolerated, a sentence each.
    """

    series: str | None
    release: str | None
    tables: Mapping[str, Filling]
    content: Content
    notes: tuple[str, ...] = ()
