"""The rows of the table being read, kept where DuckDB can look at them as often as it likes.

The first of them stay in memory, and what is too much for it goes to an Arrow file in a
restricted folder, for writing them to a DuckDB table and from there to another costs more than
reading them. Not here: what the rows mean (``layouts``) or where they end up (``engine``).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset  # DuckDB would, at the first table it is shown, and pandas with it.

from orchestration.landing.layouts.part import INCOMING
from orchestration.landing.readers.section import LINE_COLUMN, column_names

_KEPT_BYTES = 192 * 1024**2
"""Rows that stay in memory: those of most returns, a CSV file of about 120 MB."""


@contextmanager
def scratch_folder(beside: Path) -> Iterator[Path]:
    """Give a folder for what is needed while landing; nothing of it stays, not even after a crash.

    It holds children's data, so it lies beside the warehouse and not where all programs may
    look.

    Args:
        beside: The warehouse file. Only one process lands at a time, so what another left there
            is of no use to anybody.
    """
    beside.parent.mkdir(parents=True, exist_ok=True)
    for left in beside.parent.glob("landing-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="landing-", dir=beside.parent) as folder:
        yield Path(folder)


@dataclass(frozen=True)
class Incoming:
    """What is known of rows from having read them.

    Attributes:
        rows: How many there are.
        full_columns: Columns with a value in every row; none when there are no rows.
    """

    rows: int
    full_columns: frozenset[str]


@contextmanager
def incoming_rows(
    connection: duckdb.DuckDBPyConnection, batches: Iterable[pa.Table], width: int, folder: Path
) -> Iterator[Incoming]:
    """Show batches of rows as the view ``INCOMING`` while inside.

    Args:
        connection: Where to show them.
        batches: As a reader gives them.
        width: Columns each has beside the line.
        folder: Where to keep what is too much for memory.

    Yields:
        What was seen of them.
    """
    schema = pa.schema(
        [(name, pa.string()) for name in column_names(width)] + [(LINE_COLUMN, pa.int64())]
    )
    file = folder / "incoming.arrow"
    full = set(column_names(width))
    watched = _watched(batches, full)
    pieces = [*_kept(watched), *_filed(watched, file, schema)]
    shown = pa.concat_tables(pieces) if pieces else schema.empty_table()
    rows = shown.num_rows
    del pieces
    connection.register(INCOMING, shown)
    try:
        yield Incoming(rows, frozenset(full) if rows else frozenset())
    finally:
        connection.unregister(INCOMING)
        del shown  # Windows removes no file that is mapped.
        file.unlink(missing_ok=True)
        # Arrow keeps what it was given; table after table that would add up to hundreds of MB.
        pa.default_memory_pool().release_unused()


def _watched(batches: Iterable[pa.Table], full: set[str]) -> Iterator[pa.Table]:
    """Pass batches on, and strike out the columns that lack a value."""
    for batch in batches:
        full.difference_update([name for name in full if batch.column(name).null_count])
        yield batch


def _kept(batches: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Give batches until they are too many for memory; the others are left."""
    size = 0
    for batch in batches:
        yield batch
        size += batch.nbytes
        if size > _KEPT_BYTES:
            return


def _filed(batches: Iterator[pa.Table], file: Path, schema: pa.Schema) -> Iterator[pa.Table]:
    """Write batches to a file, and give them as they lie there; no file if there are none."""
    first = next(batches, None)
    if first is None:
        return
    with pa.ipc.new_file(str(file), schema) as writer:
        for batch in chain([first], batches):
            writer.write_table(batch)
    # Mapped, so that looking at it again copies nothing.
    yield pa.ipc.open_file(pa.memory_map(str(file))).read_all()
