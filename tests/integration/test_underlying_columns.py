"""The map of the Department's coded columns, held against the files it maps.

The figures expected were read off the Department's tables by hand, for one authority.
"""

from __future__ import annotations

import csv
import functools
from collections import defaultdict
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
FILES = REPOSITORY.parent / "shared" / "returns" / "published" / "underlying_2010_2017"
SEED = REPOSITORY / "seeds" / "reference" / "ref_underlying_columns.csv"
AUTHORITY = "Southend"

pytestmark = pytest.mark.skipif(
    not FILES.exists(), reason="the Department's underlying files are not beside this checkout"
)

LOOKED_AFTER = {
    "2009/10": 267,
    "2010/11": 268,
    "2011/12": 241,
    "2012/13": 235,
    "2013/14": 244,
    "2014/15": 228,
    "2015/16": 262,
    "2016/17": 282,
}
AGES_IN_2017 = {"Under 1": 17, "1-4": 41, "5-9": 49, "10-15": 113, "16 and over": 62}
FRACTIONS = {
    ("three_or_more_placements", "2010/11"): (32, 268),
    ("three_or_more_placements", "2011/12"): (24, 241),
    ("three_or_more_placements", "2012/13"): (19, 235),
    ("three_or_more_placements", "2013/14"): (32, 244),
    ("placed_within_12_months", "2010/11"): (17, 19),
    ("placed_within_12_months", "2011/12"): (21, 27),
    ("placed_within_12_months", "2012/13"): (13, 17),
    ("adopted_of_ceased", "2010/11"): (19, 90),
    ("adopted_of_ceased", "2011/12"): (27, 109),
    ("adopted_of_ceased", "2012/13"): (17, 92),
    ("adopted_of_ceased", "2013/14"): (25, 106),
    ("adopted_of_ceased", "2014/15"): (17, 107),
    ("leavers_suitable_accommodation", "2010/11"): (23, 25),
    ("leavers_suitable_accommodation", "2011/12"): (27, 29),
    ("leavers_suitable_accommodation", "2012/13"): (27, 30),
    ("leavers_suitable_accommodation", "2013/14"): (83, 93),
    ("leavers_suitable_accommodation", "2014/15"): (63, 79),
    ("leavers_suitable_accommodation", "2015/16"): (68, 85),
    ("leavers_in_eet", "2013/14"): (54, 93),
    ("leavers_in_eet", "2016/17"): (45, 87),
    ("sdq_average", "2010/11"): (1652, 116),
    ("persistent_absence", "2016/17"): (11, 93),
}
SELF_ASSESSMENT = {
    "2008-09 Q3": 8,
    "2008-09 Q4": 10,
    "2009-10 Q1": 10,
    "2009-10 Q2": 10,
    "2009-10 Q3": 8,
    "2009-10 Q4": 12,
    "2010-11 Q1": 14,
}


def mapped() -> list[dict[str, str]]:
    with SEED.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def published() -> dict[tuple[str, str], tuple[list[str], list[str]]]:
    """Header and the authority's row of each file, by release and series."""
    tables = {}
    for file in FILES.glob("*/*.csv"):
        year = int(file.stem[:4])
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
            header, *rows = csv.reader(lines)
        (row,) = (r for r in rows if any(cell.startswith(AUTHORITY) for cell in r[:7]))
        key = (f"{year - 1}/{year % 100:02d}", file.stem[5:].lower())
        tables[key] = ([" ".join(cell.split()) for cell in header], row)
    return tables


@functools.cache
def figures() -> dict[tuple[str, str, str, str], dict[str, int | None]]:
    """The authority's figures by figure, period, breakdown value and role."""
    tables = published()
    sums: dict[tuple[str, str, str, str], dict[str, int | None]] = defaultdict(dict)
    for use in sorted(mapped(), key=lambda use: use["release"]):
        header, row = tables[use["release"], use["series"]]
        text = row[header.index(use["column_code"])]
        name = (use["figure"], use["period_label"], use["breakdown_value"], use["role"])
        source = f"{use['release']} {use['series']}"
        before = sums[name].get(source, 0)
        known = before is not None and text.isdecimal()
        sums[name][source] = before + int(text) if known and before is not None else None
    return sums


def latest(name: tuple[str, str, str, str]) -> int | None:
    return list(figures()[name].values())[-1]


def test_every_mapped_column_stands_once_in_its_file() -> None:
    tables = published()
    for use in mapped():
        header, _ = tables[use["release"], use["series"]]
        assert header.count(use["column_code"]) == 1, use


def test_counts_are_those_the_department_printed() -> None:
    for period, children in LOOKED_AFTER.items():
        assert latest(("looked_after_31_march", period, "total", "value")) == children
    for band, children in AGES_IN_2017.items():
        assert latest(("looked_after_31_march", "2016/17", band, "value")) == children
    for quarter, score in SELF_ASSESSMENT.items():
        assert latest(("run_away_self_assessment", quarter, "total", "value")) == score


def test_fractions_are_those_the_department_printed() -> None:
    told = {
        key: tuple(latest((*key, "total", role)) for role in ("numerator", "denominator"))
        for key in FRACTIONS
    }
    assert told == FRACTIONS


def test_the_map_is_sorted_so_that_changes_show() -> None:
    order = ("release", "series", "figure", "role", "column_code", "breakdown", "breakdown_value")
    keys = [tuple(use[column] for column in order) for use in mapped()]
    assert keys == sorted(keys)
