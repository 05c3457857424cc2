"""What is returned or published about the borough: one module a family of files.

Every module has ``files``, which yields the path of each file below the landing zone and its bytes.
"""

import csv
import io
from collections.abc import Iterable, Sequence

File = tuple[str, bytes]
"""A file's path below the landing zone, and what it holds."""


def csv_file(path: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> File:
    """A comma-separated file as council systems write it: UTF-8, lines ended by CR LF."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return path, text.getvalue().encode("utf-8")
