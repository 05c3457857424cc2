"""Faults planted on request, so that validation can be shown and tested.

What is planted is data: ``data/faults`` has a table for each family of returns. Every fault of a
record is planted in a child of its own, so that no fault hides another; every fault of a whole file
in a file of its own, of other years. A list beside the marker says what was planted where.
"""

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path

from demo.calendar import ReportingYear
from demo.faults.csv_rows import plant_finance, plant_looked_after
from demo.faults.planted import Planted
from demo.faults.whole_files import plant_in_files
from demo.faults.xml_elements import plant_census

__all__ = ["FAULTS", "Planted", "plant"]

FAULTS = ".demo-faults.csv"
"""The file in the landing zone that lists the planted faults; it is there only with them."""

_YEAR = 2017


def plant(landing_dir: Path, la_code: str, years: Sequence[int], seed: int) -> int:
    """Damage some of an authority's files and list what was done.

    Args:
        landing_dir: the landing zone, with the authority's clean files.
        la_code: the authority.
        years: the years that were written, by year end. Faults of records are planted in 2016/17,
            or else in the last year; those of whole files in the others.
        seed: decides which children are chosen.

    Returns:
        The number of faults. A fault that no child of the borough can have is left out, which
        happens in small ones.
    """
    rng = random.Random(f"{la_code}:{seed}:faults")  # noqa: S311
    year = ReportingYear(_YEAR if _YEAR in years else max(years))
    planted = [
        *plant_looked_after(landing_dir, la_code, year, rng),
        *plant_census(landing_dir, la_code, year, rng),
        *plant_finance(landing_dir, la_code, year, rng),
        *plant_in_files(landing_dir, la_code, year, rng),
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(Planted))
    writer.writerows(astuple(one) for one in planted)
    (landing_dir / FAULTS).write_bytes(text.getvalue().encode())
    return len(planted)
