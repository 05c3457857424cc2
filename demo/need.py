"""Children in need: referrals, assessments, enquiries and what followed, for all children.

Every child who is looked after or has a protection plan was referred first; most who are referred
are assessed, and for most of those it ends there. How many referrals a year brings, how many of
them come within twelve months of an earlier one, and how many assessments are finished in time,
are quotas.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace

from demo import identity
from demo.calendar import (
    ReportingYear,
    birthday,
    days_after,
    working_days,
    working_days_after,
    working_days_until,
)
from demo.calibration import CalibrationError, Quotas
from demo.lives import Assessment, Case, Enquiry, Person, Plan, Stay
from demo.population import day_between, weighted
from demo.protection import oldest_birth, simulate_plans

_SOURCES = {
    "6": 0.28, "2A": 0.17, "1A": 0.07, "3B": 0.05, "3E": 0.06, "3F": 0.05, "5A": 0.05, "5B": 0.08,
    "5C": 0.05, "4": 0.03, "7": 0.03, "8": 0.04, "1D": 0.02, "9": 0.02,
}  # fmt: skip
_NEEDS = {"N1": 0.62, "N2": 0.05, "N3": 0.05, "N4": 0.1, "N5": 0.13, "N6": 0.03, "N8": 0.02}
_DISABILITIES = {"NONE": 0.9, "LD": 0.03, "AUT": 0.03, "BEH": 0.02, "MOB": 0.01, "COMM": 0.01}
_FACTORS = ("3B", "4B", "2B", "1B", "16A", "17A", "18A", "4A", "7A", "14A")
_REASONS_AFTER_CARE = {
    "E11": "RC1", "E12": "RC1", "E41": "RC3", "E43": "RC4", "E44": "RC4", "E3": "RC5", "E7": "RC6",
}  # fmt: skip
_AFTER_ASSESSMENT = "RC8"
_TIMELY, _LATE = (6, 45), (46, 66)
"""Working days an assessment may take."""
# No case that leads to nothing is open for longer.
_LONGEST_CASE = 115


def simulate_need(
    la_code: str,
    rng: random.Random,
    quotas: Quotas,
    stays: Sequence[Stay],
    first_number: int,
    years: Sequence[int],
) -> list[Case]:
    """Every case of some years, those of looked-after children among them.

    Args:
        la_code: the authority.
        rng: the source of chance.
        quotas: referrals, repeated referrals and assessments by year; protection plans.
        stays: periods in care, whose children were all referred.
        first_number: the first number free for a child.
        years: the years, by year end, without gaps.

    Raises:
        CalibrationError: if the quotas cannot be met.
    """
    last_day = ReportingYear(years[-1]).last_day
    plans = simulate_plans(rng, quotas, years)
    cases = _cases_of_looked_after(rng, stays, ReportingYear(years[0]).first_day, last_day)
    for plan in plans:
        cases.append(_case_with_plan(la_code, rng, plan, first_number))
        first_number += 1
    for year_end in years:
        year = ReportingYear(year_end)
        new = _other_cases(la_code, rng, quotas, year, cases, first_number)
        first_number += len(new)
        cases.extend(new)
    return _assess(rng, quotas, cases, years)


def _cases_of_looked_after(
    rng: random.Random, stays: Sequence[Stay], first_day: dt.date, last_day: dt.date
) -> list[Case]:
    """One case for each period in care, from a referral before it to the end of care."""
    cases: list[Case] = []
    latest: dict[int, Case] = {}
    for stay in sorted(stays, key=lambda one: (one.person.number, one.start)):
        is_over = stay.end is not None and stay.end < first_day
        if is_over or stay.start > last_day or stay.is_short_breaks:
            continue
        person = stay.person
        referred = max(days_after(stay.start, -rng.randint(1, 200)), person.born)
        before = latest.get(person.number)
        if before is not None and before.closed is not None:
            referred = max(referred, days_after(before.closed, 1))
        reason = _REASONS_AFTER_CARE.get(stay.reason_ended, "RC7") if stay.end else ""
        case = Case(
            person=person,
            referred=referred,
            source=weighted(rng, _SOURCES),
            need=stay.episodes[0].need,
            disability="LD" if stay.episodes[0].need == "N2" else "NONE",
            closed=stay.end,
            reason_closed=reason,
        )
        latest[person.number] = case
        cases.append(case)
    return cases


def _new_person(
    la_code: str, rng: random.Random, number: int, earliest: dt.date, latest: dt.date
) -> Person:
    born = day_between(rng, earliest, latest)
    return Person(
        number=number,
        child_id=identity.child_id(la_code, number),
        upn=identity.upn(la_code, born, number),
        sex=rng.choice("FM"),
        born=born,
        ethnicity=weighted(rng, {"WBRI": 0.84, "WOTH": 0.06, "MWBC": 0.03, "BAFR": 0.03,
                                 "AOTH": 0.02, "NOBT": 0.02}),
        home_postcode=identity.postcode(rng, rng.randint(1, 4)),
    )  # fmt: skip


def _case_with_plan(la_code: str, rng: random.Random, plan: Plan, number: int) -> Case:
    conference = _working_day_by(plan.start)
    enquiry_start = _working_day_by(days_after(conference, -rng.randint(10, 18)))
    referred = days_after(enquiry_start, -rng.randint(0, 25))
    person = _new_person(la_code, rng, number, oldest_birth(plan), referred)
    closed = None if plan.end is None else days_after(plan.end, rng.randint(5, 60))
    return Case(
        person=person,
        referred=referred,
        source=weighted(rng, _SOURCES),
        need="N1",
        disability=weighted(rng, _DISABILITIES),
        closed=closed,
        reason_closed="RC7" if closed else "",
        enquiry=Enquiry(enquiry_start, conference),
        plan=replace(plan, start=conference),
    )


def _working_day_by(day: dt.date) -> dt.date:
    """The day itself, or the last working day before it."""
    while day >= working_days()[0] and day not in _WORKING:
        day = days_after(day, -1)
    return day


_WORKING = frozenset(working_days())


def _other_cases(
    la_code: str,
    rng: random.Random,
    quotas: Quotas,
    year: ReportingYear,
    cases: Sequence[Case],
    first_number: int,
) -> list[Case]:
    """Referrals that lead neither into care nor to a plan: as many as the year lacks."""
    in_year = [case for case in cases if year.contains(case.referred)]
    again = quotas.get("re_referrals", year.year_end) - _count_again(cases, in_year)
    lacking = quotas.get("referrals", year.year_end) - len(in_year)
    if again < 0 or lacking < again:
        raise CalibrationError(f"too many referrals already in the year to {year.last_day}")
    new = [
        _short_case(la_code, rng, year, first_number + place) for place in range(lacking - again)
    ]
    # A child comes back at most once, so that the chance of it does not run away.
    returned = _returned(cases)
    could = [
        case
        for case in (*cases, *new)
        if case.reason_closed == _AFTER_ASSESSMENT
        and case.person.number not in returned
        and _window_for_return(case, year) is not None
    ]
    if len(could) < again:
        raise CalibrationError(f"{again} referrals again wanted in the year to {year.last_day}")
    new.extend(_referred_again(rng, year, case) for case in rng.sample(could, again))
    return new


def _window_for_return(case: Case, year: ReportingYear) -> tuple[dt.date, dt.date] | None:
    """The days of a year on which a child can be referred again: closed, and within a year."""
    first = max(year.first_day, days_after(case.referred, _LONGEST_CASE))
    last = min(year.last_day, days_after(case.referred, 355))
    return (first, last) if first <= last else None


def _returned(cases: Sequence[Case]) -> set[int]:
    seen: set[int] = set()
    twice: set[int] = set()
    for case in cases:
        (twice if case.person.number in seen else seen).add(case.person.number)
    return twice


def _count_again(cases: Sequence[Case], in_year: Sequence[Case]) -> int:
    """Referrals with another of the same child in the twelve months before."""
    days: dict[int, list[dt.date]] = {}
    for case in cases:
        days.setdefault(case.person.number, []).append(case.referred)
    return sum(
        any(birthday(case.referred, -1) <= day < case.referred for day in days[case.person.number])
        for case in in_year
    )


def _short_case(la_code: str, rng: random.Random, year: ReportingYear, number: int) -> Case:
    referred = day_between(rng, year.first_day, year.last_day)
    person = _new_person(la_code, rng, number, birthday(referred, -16), referred)
    return _closed_soon(
        rng,
        Case(
            person=person,
            referred=referred,
            source=weighted(rng, _SOURCES),
            need=weighted(rng, _NEEDS),
            disability=weighted(rng, _DISABILITIES),
            closed=None,
            reason_closed="",
        ),
    )


def _referred_again(rng: random.Random, year: ReportingYear, before: Case) -> Case:
    window = _window_for_return(before, year)
    if window is None:
        raise ValueError("the child cannot be referred again in this year")
    return _closed_soon(rng, replace(before, referred=day_between(rng, *window)))


def _closed_soon(rng: random.Random, case: Case) -> Case:
    """Close a case after its assessment, whenever that will be, or straight away."""
    return replace(
        case, closed=days_after(case.referred, rng.randint(1, 20)), reason_closed=_AFTER_ASSESSMENT
    )


def _assess(
    rng: random.Random, quotas: Quotas, cases: Sequence[Case], years: Sequence[int]
) -> list[Case]:
    """Give so many cases an assessment finished in each year, and so many of them in time."""
    done: dict[int, Case] = {}
    for year_end in years:
        year = ReportingYear(year_end)
        timely = quotas.get("assessments_within_45_days", year_end)
        late = quotas.get("assessments", year_end) - timely
        for wanted, limits in ((late, _LATE), (timely, _TIMELY)):
            could = {
                place: days
                for place, case in enumerate(cases)
                if place not in done
                and (limits is _TIMELY or case.reason_closed == _AFTER_ASSESSMENT)
                and (days := _days_for_assessment(case, year, limits)) is not None
            }
            for place in _first_those_in_need(rng, cases, list(could), wanted):
                days_taken = rng.randint(*could[place])
                done[place] = _assessed(rng, cases[place], days_taken)
    return [_finish(case, done.get(place)) for place, case in enumerate(cases)]


def _days_for_assessment(
    case: Case, year: ReportingYear, limits: tuple[int, int]
) -> tuple[int, int] | None:
    """The working days an assessment can take to be authorised within a year."""
    if not days_after(year.first_day, -_LONGEST_CASE) <= case.referred <= year.last_day:
        return None
    last_day = year.last_day
    if case.closed is not None and case.reason_closed != _AFTER_ASSESSMENT:
        last_day = min(last_day, case.closed)
    least = max(limits[0], working_days_until(case.referred, year.first_day))
    most = min(limits[1], working_days_until(case.referred, days_after(last_day, 1)) - 1)
    return (least, most) if least <= most else None


def _first_those_in_need(
    rng: random.Random, cases: Sequence[Case], places: list[int], wanted: int
) -> list[int]:
    """Some cases by chance, all those first that go on to a plan or into care."""
    if len(places) < wanted:
        raise CalibrationError(f"{wanted} assessments wanted, {len(places)} cases could have one")
    shuffled = rng.sample(places, len(places))
    shuffled.sort(key=lambda place: cases[place].reason_closed == _AFTER_ASSESSMENT)
    return shuffled[:wanted]


def _assessed(rng: random.Random, case: Case, days: int) -> Case:
    start = working_days_after(case.referred, 0)
    authorised = working_days_after(start, days)
    factors = tuple(sorted(rng.sample(_FACTORS, rng.choice((1, 1, 2, 2, 3)))))
    case = replace(case, assessment=Assessment(start, authorised, factors))
    if case.reason_closed == _AFTER_ASSESSMENT:
        case = replace(case, closed=days_after(authorised, rng.randint(0, 6)))
    return case


def _finish(case: Case, assessed: Case | None) -> Case:
    """Cases that nobody assessed, and that led to nothing, needed no further action."""
    if assessed is not None:
        return assessed
    if case.reason_closed == _AFTER_ASSESSMENT:
        return replace(case, no_further_action=True, reason_closed="RC7")
    return case
