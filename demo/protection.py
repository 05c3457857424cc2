"""Child protection plans: how long they last, and who has had one before.

The plans open on each 31 March, by how long they have been open, are given. A year's plans are
those of the year before that stay, those that end, and new ones. The first return of plans child by
child covered half a year, so the first year's figures are those of October 2008 to March 2009.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass

from demo.calendar import ReportingYear, birthday, days_after
from demo.calibration import CalibrationError, Quotas
from demo.lives import Plan
from demo.population import day_between, weighted

_CATEGORIES = {"NEG": 0.45, "EMO": 0.36, "PHY": 0.1, "SAB": 0.06, "MUL": 0.03}
_NEW_BANDS = ("0_to_3_months", "3_to_6_months", "6_to_12_months")
_OLD_BANDS = ("1_to_2_years", "over_2_years")
_HALF_YEAR_BANDS = ("0_to_3_months", "3_to_6_months")
_SHARE_HAD_ONE_BEFORE = 0.16
_TWO_YEARS = 730
_SHORTEST = 30
# A plan may start some days earlier than drawn, on the working day of its conference.
_MARGIN = 12
_FIRST_REVIEW, _NEXT_REVIEWS = 85, 175


@dataclass
class _Open:
    """A plan while it is open; ``previous`` is settled when it starts."""

    start: dt.date
    previous: int
    end: dt.date | None = None


def simulate_plans(rng: random.Random, quotas: Quotas, years: Sequence[int]) -> list[Plan]:
    """All plans of some years, and those open before them.

    Args:
        rng: the source of chance.
        quotas: plans open by duration, started, started again, and ended after two years.
        years: the years, by year end, without gaps. Of the first its second half is lived.

    Raises:
        CalibrationError: if the quotas contradict each other.
    """
    every = _first_half_year(rng, quotas, ReportingYear(years[0]))
    open_plans = [plan for plan in every if plan.end is None]
    for year_end in years[1:]:
        year = ReportingYear(year_end)
        _end_plans(rng, quotas, year, open_plans)
        new = _start_plans(rng, quotas, year)
        every.extend(new)
        open_plans = [plan for plan in (*open_plans, *new) if plan.end is None]
    return [_as_lived(rng, plan) for plan in sorted(every, key=lambda plan: plan.start)]


def first_day_counted(year: ReportingYear, first_year: int) -> dt.date:
    """The first day a year's census covers: 1 October in the first, 1 April in every other."""
    october = dt.date(year.year_end - 1, 10, 1)
    return october if year.year_end == first_year else year.first_day


def _band(year: ReportingYear, band: str) -> tuple[dt.date, dt.date]:
    """Start dates of plans of a duration on 31 March, well away from the edges."""
    return {
        "0_to_3_months": (dt.date(year.year_end, 1, 5), dt.date(year.year_end, 3, 24)),
        "3_to_6_months": (dt.date(year.year_end - 1, 10, 5), dt.date(year.year_end - 1, 12, 24)),
        "6_to_12_months": (dt.date(year.year_end - 1, 4, 8), dt.date(year.year_end - 1, 9, 24)),
        "1_to_2_years": (dt.date(year.year_end - 2, 4, 8), dt.date(year.year_end - 1, 3, 24)),
        "over_2_years": (dt.date(year.year_end - 3, 7, 8), dt.date(year.year_end - 2, 3, 20)),
    }[band]


def _first_half_year(rng: random.Random, quotas: Quotas, year: ReportingYear) -> list[_Open]:
    """Plans of October to March: those that were open before, stay or end, and new ones."""
    first = dt.date(year.year_end - 1, 10, 2)
    plans = [
        _Open(day_between(rng, *_band(year, band)), int(rng.random() < _SHARE_HAD_ONE_BEFORE))
        for band in _OLD_BANDS
        for _ in range(quotas.get("plans_open", year.year_end, band))
    ]
    # Begun since April and still open: in the census too, so they share the year's second plans.
    since_april = quotas.get("plans_open", year.year_end, "6_to_12_months")
    again = round(
        since_april
        * quotas.get("second_plans", year.year_end)
        / quotas.get("plans_started", year.year_end)
    )
    plans += [
        _Open(day_between(rng, *_band(year, "6_to_12_months")), int(place < again))
        for place in range(since_april)
    ]
    new = [
        _Open(day_between(rng, *_band(year, band)), 0)
        for band in _HALF_YEAR_BANDS
        for _ in range(quotas.get("plans_open", year.year_end, band))
    ]
    for _ in range(quotas.get("plans_started", year.year_end) - len(new)):
        start = day_between(rng, days_after(first, 4), days_after(year.last_day, -60))
        end = day_between(rng, days_after(start, _SHORTEST), days_after(year.last_day, -2))
        new.append(_Open(start, 0, end))
    ended = quotas.get("plans_ended", year.year_end)
    late = quotas.get("plans_ended_after_2_years", year.year_end)
    for place in range(ended - sum(plan.end is not None for plan in new)):
        end = day_between(rng, days_after(first, 2), days_after(year.last_day, -2))
        before_april = (end - year.first_day).days + _MARGIN
        days = rng.randint(_TWO_YEARS, 1100) if place < late else rng.randint(before_april, 680)
        had_one = int(rng.random() < _SHARE_HAD_ONE_BEFORE)
        plans.append(_Open(days_after(end, -days), had_one, end))
    _draw_second_plans(rng, quotas, year, new)
    return [*plans, *new]


def _end_plans(
    rng: random.Random, quotas: Quotas, year: ReportingYear, open_plans: list[_Open]
) -> None:
    """End all but as many as must be open for one to two years, and for more, on 31 March."""
    a_year_ago = ReportingYear(year.year_end - 1).first_day
    young = [plan for plan in open_plans if plan.start >= a_year_ago]
    old = sorted(
        (plan for plan in open_plans if plan.start < a_year_ago), key=lambda plan: plan.start
    )
    staying = quotas.get("plans_open", year.year_end, "1_to_2_years")
    staying_long = quotas.get("plans_open", year.year_end, "over_2_years")
    if staying > len(young) or staying_long > len(old):
        raise CalibrationError(f"too few plans are open before the year to March {year.year_end}")
    for plan in rng.sample(young, len(young) - staying):
        first = max(year.first_day, days_after(plan.start, _SHORTEST))
        plan.end = day_between(rng, days_after(first, 1), _before_two_years(plan, year))
    ending = old[staying_long:]
    late = quotas.get("plans_ended_after_2_years", year.year_end)
    # The oldest are those that last two years.
    for place, plan in enumerate(ending):
        two_years = days_after(plan.start, _TWO_YEARS)
        if place < late:
            first = max(year.first_day, two_years)
            if first > year.last_day:
                raise CalibrationError(f"{late} plans cannot last two years by {year.last_day}")
            plan.end = day_between(rng, first, year.last_day)
        else:
            if two_years <= days_after(year.first_day, _MARGIN + 3):
                raise CalibrationError(f"more than {late} plans last two years by {year.last_day}")
            plan.end = day_between(
                rng, days_after(year.first_day, 1), _before_two_years(plan, year)
            )


def _before_two_years(plan: _Open, year: ReportingYear) -> dt.date:
    return min(year.last_day, days_after(plan.start, _TWO_YEARS - _MARGIN))


def _start_plans(rng: random.Random, quotas: Quotas, year: ReportingYear) -> list[_Open]:
    started = quotas.get("plans_started", year.year_end)
    plans = [
        _Open(day_between(rng, *_band(year, band)), 0)
        for band in _NEW_BANDS
        for _ in range(quotas.get("plans_open", year.year_end, band))
    ]
    for _ in range(started - len(plans)):
        start = day_between(rng, days_after(year.first_day, 5), days_after(year.last_day, -60))
        first = days_after(start, _SHORTEST)
        plans.append(_Open(start, 0, day_between(rng, first, days_after(year.last_day, -2))))
    _draw_second_plans(rng, quotas, year, plans)
    return plans


def _draw_second_plans(
    rng: random.Random, quotas: Quotas, year: ReportingYear, plans: list[_Open]
) -> None:
    """Let as many of a year's new plans as the quota says be no child's first."""
    for plan in rng.sample(plans, min(len(plans), quotas.get("second_plans", year.year_end))):
        plan.previous = 2 if rng.random() < 0.12 else 1


def _as_lived(rng: random.Random, plan: _Open) -> Plan:
    """Add the category and the reviews, all of them in time."""
    until = plan.end or dt.date(2019, 3, 31)
    reviews: list[dt.date] = []
    due = days_after(plan.start, _FIRST_REVIEW - rng.randint(0, 8))
    while due < until:
        reviews.append(due)
        due = days_after(due, _NEXT_REVIEWS - rng.randint(0, 12))
    return Plan(plan.start, plan.end, weighted(rng, _CATEGORIES), plan.previous, tuple(reviews))


def oldest_birth(plan: Plan) -> dt.date:
    """A child on the plan must be born after this day, to be under 18 when it ends."""
    return birthday(plan.end or dt.date(2019, 3, 31), -17)
