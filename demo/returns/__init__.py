"""What is returned or published about the borough: one module a family of files.

Every module has ``files``, which yields the path of each file below the landing zone and its bytes.
"""

import csv
import datetime as dt
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


def day_text(day: dt.date | None) -> str:
    """A day as the local feeds write it, day first; nothing for no day."""
    return "" if day is None else f"{day:%d/%m/%Y}"


def known_by(day: dt.date | None, last_day: dt.date) -> dt.date | None:
    """A day if it had come when the return was made."""
    return day if day is not None and day <= last_day else None
