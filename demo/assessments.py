"""Assessments: which referrals lead to one, how long it takes, and when it is finished.

Until March 2013 a referral led to an initial assessment, and some of these to a core assessment;
since then there is one single assessment. How many are finished in a year, how many of them in
time, how long they take on average, and how many are still open when the year ends are quotas.
"""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from demo.calendar import (
    ReportingYear,
    days_after,
    working_days_after,
    working_days_until,
)
from demo.calibration import CalibrationError, Quotas, spread
from demo.lives import Assessment, Case, EarlierAssessment
from demo.protection import first_day_counted

FIRST_YEAR_OF_SINGLE_ASSESSMENTS = 2014
"""The year, by its end, from which there are no initial and core assessments."""

AFTER_ASSESSMENT = "RC8"
"""Why cases are closed that lead to nothing beyond an assessment."""

_FACTORS = ("3B", "4B", "2B", "1B", "16A", "17A", "18A", "4A", "7A", "14A")
_TIMELY, _LATE = (6, 45), (46, 66)
"""Working days a single assessment may take."""
_INITIAL_TIMELY, _INITIAL_LATE = (1, 6), (9, 16)
_CORE_TIMELY, _CORE_LATE = (10, 34), (37, 50)
# One in so many goes on when a year ends, where no quota says how many.
_USUAL_PART_OPEN = 13
_PART_YEARS = {2018: ((4, 8, "april_to_august"), (9, 3, "september_to_march"))}
"""Years whose quotas are given in parts: first and last month, and the group."""


@dataclass(frozen=True)
class _Period:
    """A year, or the part of one that has quotas of its own."""

    first_day: dt.date
    last_day: dt.date
    year_end: int
    group: str


def assess(
    rng: random.Random, quotas: Quotas, cases: Sequence[Case], years: Sequence[int]
) -> list[Case]:
    """Give cases their assessments, and close those that lead to nothing more.

    Args:
        rng: the source of chance.
        quotas: assessments finished, in time, still open at the end, and their mean length.
        cases: every case of the years.
        years: the years, by year end, without gaps.

    Returns:
        The cases in the same order.

    Raises:
        CalibrationError: if too few cases can be assessed when and as long as the quotas say.
    """
    done = list(cases)
    earlier = [year for year in years if year < FIRST_YEAR_OF_SINGLE_ASSESSMENTS]
    for year_end in earlier:
        _assess_twice(rng, quotas, done, ReportingYear(year_end), years[0])
    waiting: list[int] = []
    for period in _periods(year for year in years if year not in earlier):
        waiting = _assess_once(rng, quotas, done, period, waiting)
    return [_finish(case) for case in done]


def _periods(years: Iterator[int]) -> Iterator[_Period]:
    for year_end in years:
        year = ReportingYear(year_end)
        if year_end not in _PART_YEARS:
            yield _Period(year.first_day, year.last_day, year_end, "total")
        for first_month, last_month, group in _PART_YEARS.get(year_end, ()):
            yield _Period(
                _month_in(year, first_month), _last_of(_month_in(year, last_month)), year_end, group
            )


def _month_in(year: ReportingYear, month: int) -> dt.date:
    return dt.date(year.year_end - (month >= 4), month, 1)


def _last_of(first_of_month: dt.date) -> dt.date:
    following = days_after(first_of_month, 31).replace(day=1)
    return days_after(following, -1)


def _assess_twice(
    rng: random.Random,
    quotas: Quotas,
    cases: list[Case],
    year: ReportingYear,
    first_year: int,
) -> None:
    """Initial assessments of a year's referrals, and core assessments after some of them.

    All of them are finished within the year.
    """
    first_day = first_day_counted(year, first_year)
    initials = [
        place for place, case in enumerate(cases) if first_day <= case.referred <= year.last_day
    ]
    for place, span in _spans(
        rng, quotas, year, "initial_assessments", _starts_of_initials(cases, initials), cases,
        (_INITIAL_TIMELY, _INITIAL_LATE),
    ):  # fmt: skip
        cases[place] = replace(cases[place], initial_assessment=span)
    assessed = {
        place: first.end
        for place in initials
        if (first := cases[place].initial_assessment) is not None
    }
    for place, span in _spans(
        rng, quotas, year, "core_assessments", assessed, cases, (_CORE_TIMELY, _CORE_LATE)
    ):
        cases[place] = replace(cases[place], core_assessment=span)


def _starts_of_initials(cases: Sequence[Case], places: Sequence[int]) -> dict[int, dt.date]:
    return {place: working_days_after(cases[place].referred, 0) for place in places}


def _spans(
    rng: random.Random,
    quotas: Quotas,
    year: ReportingYear,
    measure: str,
    starts: dict[int, dt.date],
    cases: Sequence[Case],
    limits: tuple[tuple[int, int], tuple[int, int]],
) -> Iterator[tuple[int, EarlierAssessment]]:
    """Some assessments that begin on given days, so many of them in time, all within the year."""
    timely = quotas.get(f"{measure}_in_time", year.year_end)
    late = quotas.get(measure, year.year_end) - timely
    taken: set[int] = set()
    for wanted, (least, most) in ((late, limits[1]), (timely, limits[0])):
        is_late = least == limits[1][0]
        could = {
            place: room
            for place, start in starts.items()
            if place not in taken
            and not (is_late and cases[place].reason_closed != AFTER_ASSESSMENT)
            and (room := min(most, _room(cases[place], start, year.last_day))) >= least
        }
        for place in _first_those_in_need(rng, cases, list(could), wanted):
            taken.add(place)
            end = working_days_after(starts[place], rng.randint(least, could[place]))
            yield place, EarlierAssessment(starts[place], end)


def _room(case: Case, start: dt.date, last_day: dt.date) -> int:
    """The working days from a start to the last day an assessment can end on."""
    if case.closed is not None and case.reason_closed != AFTER_ASSESSMENT:
        last_day = min(last_day, case.closed)
    return working_days_until(start, days_after(last_day, 1)) - 1


def _first_those_in_need(
    rng: random.Random, cases: Sequence[Case], places: list[int], wanted: int
) -> list[int]:
    """Some cases by chance, all those first that go on to a plan or into care."""
    if len(places) < wanted:
        raise CalibrationError(f"{wanted} assessments wanted, {len(places)} cases could have one")
    shuffled = rng.sample(places, len(places))
    shuffled.sort(key=lambda place: cases[place].reason_closed == AFTER_ASSESSMENT)
    return shuffled[:wanted]


def _assess_once(
    rng: random.Random,
    quotas: Quotas,
    cases: list[Case],
    period: _Period,
    waiting: list[int],
) -> list[int]:
    """The single assessments begun in a period, and those finished in it.

    Returns:
        The places of cases whose assessment goes on when the period ends.
    """
    finished = quotas.get("assessments", period.year_end, period.group)
    carried = quotas.find("assessments_open_at_end", period.year_end, period.group)
    carried = finished // _USUAL_PART_OPEN if carried is None else carried
    starts = {
        place: start
        for place, case in enumerate(cases)
        if period.first_day <= (start := working_days_after(case.referred, 0)) <= period.last_day
    }
    able = [place for place, start in starts.items() if _can_finish(cases[place], start, period)]
    begun = _first_those_in_need(rng, cases, able, finished + carried - len(waiting))
    going_on = _those_going_on(rng, cases, starts, begun, carried, period)
    still = set(going_on)
    ending = [*waiting, *(place for place in begun if place not in still)]
    days = _days_taken(rng, quotas, [cases[place] for place in ending], period)
    for place, taken in zip(ending, days, strict=True):
        cases[place] = _assessed(rng, cases[place], taken)
    # What is open when the last year ends is finished later, unknown to any return.
    for place in going_on:
        cases[place] = _assessed(rng, cases[place], _TIMELY[1])
    return going_on


def _can_finish(case: Case, start: dt.date, period: _Period) -> bool:
    """Whether there is time: only assessments that lead to nothing more go on after the period."""
    if case.reason_closed != AFTER_ASSESSMENT:
        return _room(case, start, period.last_day) >= _TIMELY[0]
    return True


def _those_going_on(
    rng: random.Random,
    cases: Sequence[Case],
    starts: dict[int, dt.date],
    begun: list[int],
    wanted: int,
    period: _Period,
) -> list[int]:
    """Which of the assessments begun are not finished in the period: those that cannot, first."""
    following = days_after(period.last_day, 1)
    could = [
        place
        for place in begun
        if cases[place].reason_closed == AFTER_ASSESSMENT
        and working_days_until(starts[place], following) <= _LATE[1]
    ]
    shuffled = rng.sample(could, len(could))
    shuffled.sort(key=lambda place: working_days_until(starts[place], following) > _TIMELY[0])
    if len(shuffled) < wanted:
        raise CalibrationError(f"{wanted} assessments cannot be open on {period.last_day}")
    return shuffled[:wanted]


def _days_taken(
    rng: random.Random, quotas: Quotas, cases: Sequence[Case], period: _Period
) -> list[int]:
    """Working days of each assessment finished in a period: so many timely, with a given mean."""
    timely = quotas.get("assessments_within_45_days", period.year_end, period.group)
    limits = [_possible_days(case, period) for case in cases]
    order = rng.sample(range(len(cases)), len(cases))
    order.sort(key=lambda place: _lateness(cases[place], limits[place]))
    chosen: list[tuple[int, int]] = [(0, 0)] * len(cases)
    for rank, place in enumerate(order):
        wanted = _TIMELY if rank < timely else _LATE
        least, most = max(wanted[0], limits[place][0]), min(wanted[1], limits[place][1])
        if least > most:
            raise CalibrationError(f"{timely} assessments in time by {period.last_day} cannot be")
        chosen[place] = least, most
    days = [rng.randint(*one) for one in chosen]
    mean = quotas.find("mean_assessment_days_in_tenths", period.year_end, period.group)
    if mean is None:
        return days
    return spread(rng, days, chosen, round(mean * len(days) / 10))


def _possible_days(case: Case, period: _Period) -> tuple[int, int]:
    start = working_days_after(case.referred, 0)
    least = max(_TIMELY[0], working_days_until(start, period.first_day))
    return least, min(_LATE[1], _room(case, start, period.last_day))


def _lateness(case: Case, possible: tuple[int, int]) -> int:
    """0 for an assessment that cannot be late or goes on to more, 2 for one that must be late."""
    if possible[1] < _LATE[0] or case.reason_closed != AFTER_ASSESSMENT:
        return 0
    return 2 if possible[0] > _TIMELY[1] else 1


def _assessed(rng: random.Random, case: Case, days: int) -> Case:
    start = working_days_after(case.referred, 0)
    factors = tuple(sorted(rng.sample(_FACTORS, rng.choice((1, 1, 2, 2, 3)))))
    return replace(case, assessment=Assessment(start, working_days_after(start, days), factors))


def _finish(case: Case) -> Case:
    """Close a case after its last assessment; without one it needed no further action."""
    if case.reason_closed != AFTER_ASSESSMENT:
        return case
    last = case.core_assessment or case.initial_assessment
    end = case.assessment.authorised if case.assessment else last.end if last else None
    if end is None:
        return replace(case, no_further_action=True, reason_closed="RC7")
    # Closed some days after, the number of which follows from the case alone.
    return replace(case, closed=days_after(end, case.person.number % 7))
