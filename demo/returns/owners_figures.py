"""Figures that their owners send because no child's record here gives them.

``data/owners_figures.csv`` holds them as the documents print them, with the year of the return
that brings them: outturns, provisional figures and targets of the National Indicator Set above
all. A cell without a figure says so.
"""

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from demo.calendar import ReportingYear
from demo.calibration import Quotas
from demo.lives import Borough
from demo.returns import File, csv_file

_COLUMNS = (
    "indicator_id", "part", "period", "breakdown", "breakdown_value", "value", "version", "status",
    "note",
)  # fmt: skip


@cache
def owners_figures() -> tuple[dict[str, str], ...]:
    """Every figure, in order of year, owner and indicator."""
    text = resources.files("demo").joinpath("data/owners_figures.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def files(borough: Borough, years: Iterable[int], quotas: Quotas) -> Iterator[File]:
    """Every file of the returns: path below the landing zone, and bytes; an owner sends one."""
    if not borough.is_home:
        return
    for year_end in years:
        rows = [row for row in owners_figures() if row["year_end"] == str(year_end)]
        folder = f"indicator_figures/{borough.la_code}/{ReportingYear(year_end).folder}"
        for owner in sorted({row["owner"] for row in rows}):
            sent = [
                tuple(row[column] for column in _COLUMNS) for row in rows if row["owner"] == owner
            ]
            yield csv_file(f"{folder}/{owner}.csv", _COLUMNS, sent)
