"""What a planted fault is, and the small language its tables are written in.

Values: ``text`` stands for itself and nothing for a blank; ``@NAME`` is the record's own value of
a column, ``start`` and ``end`` are the first and last day of the year; any of these may be followed
by a number of days or years (``+5d``, ``-1y``), an amount (``+25000``) or letters (``:D``).
``#other`` is the value another child has.
"""

import csv
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources

from demo.calendar import ReportingYear, birthday, days_after

_VALUE = re.compile(
    r"(?P<base>@[\w./]*\w|start|end)(?:(?P<number>[+-]\d+)(?P<unit>[dy]?)|:(?P<tail>\w+))?"
)


@dataclass(frozen=True)
class Planted:
    """One planted fault.

    ``level`` is ``record`` or ``file``; ``rules`` are the codes of the rules it must be found by,
    or for a file what becomes of it; ``line`` is the line in the file, the header being 1, and
    blank for a whole file; ``key`` names the record, ``columns`` what was changed in it.
    """

    fault: str
    kind: str
    level: str
    rules: str
    return_name: str
    table: str
    la_code: str
    period_label: str
    file: str
    line: str
    key: str
    columns: str
    description: str


def fault_table(name: str) -> list[dict[str, str]]:
    """The rows of one of the tables of faults."""
    text = resources.files("demo").joinpath("data/faults", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def edits(text: str) -> list[tuple[str, str]]:
    """The columns to change and their values, from ``COLUMN=value;COLUMN=value``."""
    return [tuple(part.split("=", 1)) for part in text.split(";") if part]  # type: ignore[misc]


def value_of(
    text: str,
    own: Callable[[str], str],
    other: Callable[[], str],
    year: ReportingYear,
    date_format: str,
) -> str:
    """Work out a value.

    Args:
        text: the value as the table writes it.
        own: looks up the record's own value of a column.
        other: gives the value another child has.
        year: the year of the return.
        date_format: how the return writes dates.

    Raises:
        ValueError: if a date to count from cannot be read.
    """
    if text == "#other":
        return other()
    match = _VALUE.fullmatch(text)
    if match is None:
        return text
    base = match["base"]
    if base == "start":
        start = year.first_day.strftime(date_format)
    else:
        start = year.last_day.strftime(date_format) if base == "end" else own(base[1:])
    if match["tail"]:
        return start + match["tail"]
    if not match["number"]:
        return start
    number = int(match["number"])
    if not match["unit"]:
        return f"{Decimal(start) + number:.2f}"
    day = dt.datetime.strptime(start, date_format).date()
    moved = days_after(day, number) if match["unit"] == "d" else birthday(day, number)
    return moved.strftime(date_format)
