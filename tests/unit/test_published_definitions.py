"""What our readings of the guidance rest on: the Department's published figures obey them.

No child's record is needed: a rule about how figures are counted shows in how they add up.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

Key = tuple[str, str]
Row = dict[str, str]


@pytest.fixture(scope="module")
def ees(shared: Path) -> Path:
    return shared / "returns" / "published" / "ees"


def authorities(path: Path) -> dict[Key, Row]:
    """The rows of authorities, by year and ONS code."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            (row["time_period"], row["new_la_code"]): row
            for row in csv.DictReader(file)
            if row["geographic_level"] == "Local authority"
        }


def numbers(row: Row, *names: str) -> list[int] | None:
    """Counts of a row; None where one of them is withheld."""
    texts = [row[name].removesuffix(".0") for name in names]
    return [int(text) for text in texts] if all(text.isdigit() for text in texts) else None


def test_plans_of_91_days_are_both_short_and_due_a_review(ees: Path) -> None:
    """NI 67 divides by plans open for 91 days; the band of 3 months ends with that very day.

    So the plans due a review and those in the first band overlap by the plans begun on one day,
    and by none where that day, 91 before 31 March, is at a weekend.
    """
    reviews = authorities(
        ees / "cin_2013_2024" / "d6_cpps_reviewed_within_timescales_2013_to_2024.csv"
    )
    durations = authorities(ees / "current" / "d5_cpps_at31march_by_duration_2013_to_2025.csv")
    overlaps: Counter[str] = Counter()
    below, compared = 0, 0
    for key, row in reviews.items():
        due = numbers(row, "CPP_At31_3Months")
        of_all = (
            numbers(durations[key], "CPP_At31", "3_months_or_less") if key in durations else None
        )
        if due and of_all:
            compared += 1
            difference = due[0] - (of_all[0] - of_all[1])
            below += difference < 0
            overlaps[key[0]] += difference > 0
    assert compared > 1700
    assert below <= 1  # one authority, in 2013
    for year in range(2014, 2025):
        day = dt.date(year, 3, 31) - dt.timedelta(days=91)
        assert (overlaps[str(year)] > 0) == (day.weekday() < 5), year


def test_every_start_and_every_end_of_a_plan_counts(ees: Path) -> None:
    """NI 65 divides by plans started, NI 64 by plans ended: not by children."""
    plans = authorities(ees / "cin_2013_2024" / "d1_child_protection_plans_2013_to_2024.csv")
    again = authorities(ees / "current" / "d3_cpps_subsequent_plan_2013_to_2025.csv")
    ended = authorities(ees / "cin_2013_2024" / "d7_cpps_ending_by_duration_2013_to_2024.csv")
    compared, more_than_children = 0, 0
    for key, row in plans.items():
        for other, own, theirs in (
            (again, "CPP_start", "CPP_start"),
            (ended, "CPP_end", "CPP_End"),
        ):
            ours, base = numbers(row, own), numbers(other[key], theirs) if key in other else None
            if ours and base:
                compared += 1
                assert ours == base, key
        starts = numbers(row, "CPP_start", "CPP_child_start")
        if starts:
            more_than_children += starts[0] > starts[1]
    assert compared > 3400
    assert more_than_children > 500


def test_an_assessment_finished_the_same_day_took_no_day(ees: Path) -> None:
    """The start is day 0: `Same day` is a band of its own, beside 1 to 10 days."""
    bands = ["Same_day", "1-10_days", "11-20_days", "21-30_days", "31-40_days", "41-45_days"]
    bands += ["46-50_days", "51-60_days", "61+_days"]
    rows = authorities(
        ees / "cin_2013_2024" / "c2_children_in_need_assessments_duration_2014_to_2024.csv"
    )
    whole = [numbers(row, "Assessments_completed", *bands) for row in rows.values()]
    known = [found for found in whole if found]
    assert len(known) > 1000
    assert sum(found[0] == sum(found[1:]) for found in known) / len(known) > 0.98
