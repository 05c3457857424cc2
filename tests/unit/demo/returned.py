"""Reads the demo borough's returns back as plain rows."""

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

YEARS = tuple(range(2008, 2019))
"""The years to 31 March that the tests look at: all that can be written."""

Rows = list[dict[str, str]]


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def date(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%d/%m/%Y").date()


@dataclass(frozen=True)
class Returns:
    """One landing zone: every looked-after table by year end, and where it lies."""

    landing: Path
    tables: Mapping[int, Mapping[str, Rows]]

    def __getitem__(self, year_end: int) -> Mapping[str, Rows]:
        return self.tables[year_end]


def returns_in(landing: Path) -> Returns:
    tables: dict[int, dict[str, Rows]] = {}
    for path in sorted(landing.glob("ssda903/*/*/*.csv")):
        year_end = int(path.parent.name[:4]) + 1
        tables.setdefault(year_end, {})[path.stem] = read(path)
    return Returns(landing, tables)


def by_child(rows: Rows) -> dict[str, Rows]:
    children: dict[str, Rows] = {}
    for row in rows:
        children.setdefault(row["CHILD"], []).append(row)
    return children
