"""Parquet: typed columns become the text a spreadsheet would have shown.

Not here: what the columns mean. The line of a row is its place in the file, from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.landing.outcome import Refused, Rejection
from orchestration.landing.readers.section import LINE_COLUMN, Header, Section, column_names

_ROWS_A_BATCH = 100_000


def open_parquet(path: Path, name: str) -> list[Section]:
    """Open a Parquet file.

    Raises:
        Refused: Damaged, or with columns that are not plain values.
    """
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise Refused(
            f"{name} cannot be read as Parquet, it is damaged or cut short; send it again."
        ) from error
    for field in schema:
        if pa.types.is_nested(field.type):
            raise Refused(
                f"{name}, column {field.name}, holds lists or records; one value in each cell "
                "was expected, so write it out flat and send it again."
            )

    def read(chosen: Header, rejections: list[Rejection]) -> Iterator[pa.Table]:
        line = 1
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_ROWS_A_BATCH):
                columns = [_as_text(column) for column in batch.columns]
                lines = pa.array(range(line, line + batch.num_rows), pa.int64())
                line += batch.num_rows
                names = [*column_names(len(columns)), LINE_COLUMN]
                yield pa.table([*columns, lines], names=names)

    return [Section("", [Header(0, tuple(schema.names))], read)]


def _as_text(column: pa.Array) -> pa.Array:
    """Write values as text: whole numbers without a decimal point, nothing for an empty text."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type):
        whole = pc.equal(column, pc.floor(column))
        small = pc.less(pc.abs(column), 2.0**53)
        integers = pc.if_else(pc.and_(whole, small), column, None).cast(pa.int64())
        text = pc.coalesce(integers.cast(pa.string()), column.cast(pa.string()))
    else:
        text = column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
