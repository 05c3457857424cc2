"""Writes long files quickly: columns of arrays to CSV, and several files to one archive."""

import io
import zipfile
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

_QUICK = 1
"""The least compression: the archives are read once."""
_UNIX = 3
_WHEN = (2000, 1, 1, 0, 0, 0)
"""A fixed system and time of writing, so that the same files make the same archive."""


def texts(values: NDArray[np.generic] | Sequence[str]) -> pa.Array:
    """A column of text; bytes are read as ASCII, numbers are written out."""
    array = np.asarray(values)
    if array.dtype.kind == "S":
        return pa.array(array).cast(pa.string())
    if array.dtype.kind == "U":
        return pa.array(array.astype(object), type=pa.string())
    return pa.array(array).cast(pa.string())


def dates(days: NDArray[np.datetime64]) -> NDArray[np.bytes_]:
    """Days as ``dd/mm/yyyy``."""
    iso = np.datetime_as_string(days.astype("datetime64[D]")).astype("S10")
    pieces = iso.view("S1").reshape(-1, 10)
    order = [8, 9, 4, 5, 6, 4, 0, 1, 2, 3]
    turned = np.ascontiguousarray(pieces[:, order]).view("S10").ravel()
    return np.char.replace(turned, b"-", b"/")


def where(condition: NDArray[np.bool_], values: pa.Array) -> pa.Array:
    """A column that is empty where a condition does not hold."""
    return pa.compute.if_else(pa.array(condition), values, pa.scalar(None, pa.string()))


def decimals(values: NDArray[np.int64], places: int) -> pa.Array:
    """Whole numbers of tenths or hundredths as decimal numbers."""
    return texts(np.char.mod(f"%.{places}f", values / 10**places).astype("S12"))


def flags(values: NDArray[np.bool_]) -> pa.Array:
    """Yes and no as ``1`` and ``0``."""
    return texts(np.where(values, b"1", b"0"))


def csv_bytes(columns: Mapping[str, pa.Array]) -> bytes:
    """A comma-separated file in UTF-8; texts must not hold commas, quotes or line ends."""
    table = pa.table(dict(columns))
    sink = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
    pyarrow.csv.write_csv(table, sink, options)
    body: bytes = sink.getvalue().to_pybytes()
    return (",".join(columns) + "\n").encode() + body


def archive(members: Mapping[str, bytes]) -> bytes:
    """A ZIP archive of files by name, the same bytes for the same files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.create_system = _UNIX
            packed.writestr(entry, content, zipfile.ZIP_DEFLATED, _QUICK)
    return stream.getvalue()
