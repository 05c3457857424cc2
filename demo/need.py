"""Children in need: referrals, assessments, enquiries and what followed, for all children.

Every child who is looked after or has a protection plan was referred first; most who are referred
are assessed, and for most of those it ends there. How many referrals a year brings, and how many of
them come within twelve months of an earlier one, are quotas.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace

from demo import identity
from demo.assessments import AFTER_ASSESSMENT, assess
from demo.calendar import (
    ReportingYear,
    age_on,
    birthday,
    days_after,
    working_days,
    year_of,
)
from demo.calibration import CalibrationError, Quotas
from demo.lives import Case, Enquiry, Person, Plan, Stay
from demo.population import day_between, weighted
from demo.protection import first_day_counted, oldest_birth, simulate_plans

_SOURCES = {
    "6": 0.28, "2A": 0.17, "1A": 0.07, "3B": 0.05, "3E": 0.06, "3F": 0.05, "5A": 0.05, "5B": 0.08,
    "5C": 0.05, "4": 0.03, "7": 0.03, "8": 0.04, "1D": 0.02, "9": 0.02,
}  # fmt: skip
DISABILITY = "N2"
"""The main need of children in need because of a disability."""

# Disabled children's cases are long ones: see ``disabled``.
_NEEDS = {"N1": 0.64, "N3": 0.05, "N4": 0.11, "N5": 0.15, "N6": 0.03, "N8": 0.02}
_DISABILITIES = {"NONE": 0.9, "LD": 0.03, "AUT": 0.03, "BEH": 0.02, "MOB": 0.01, "COMM": 0.01}
_REASONS_AFTER_CARE = {
    "E11": "RC1", "E12": "RC1", "E41": "RC3", "E43": "RC4", "E44": "RC4", "E3": "RC5", "E7": "RC6",
}  # fmt: skip
# No case that leads to nothing is open for longer.
_LONGEST_CASE = 115
# From this age on children go missing, so enough of those on a plan and in care must be as old.
_TEENAGER = 12


def simulate_need(
    la_code: str,
    rng: random.Random,
    quotas: Quotas,
    stays: Sequence[Stay],
    known: Sequence[Case],
    first_number: int,
    years: Sequence[int],
) -> list[Case]:
    """Every case of some years, those known already among them.

    Args:
        la_code: the authority.
        rng: the source of chance.
        quotas: referrals, repeated referrals and assessments by year; protection plans.
        stays: periods in care.
        known: cases that are there already, among them those of looked-after children.
        first_number: the first number free for a child.
        years: the years, by year end, without gaps. The first begins on 1 October.

    Raises:
        CalibrationError: if the quotas cannot be met.
    """
    plans = simulate_plans(rng, quotas, years)
    cases = list(known)
    joined = _join_plans(rng, quotas, plans, cases, stays)
    for place, plan in enumerate(plans):
        if place not in joined:
            cases.append(_case_with_plan(la_code, rng, plan, first_number))
            first_number += 1
    for year_end in years:
        year = ReportingYear(year_end)
        new = _other_cases(
            la_code, rng, quotas, year, first_day_counted(year, years[0]), cases, first_number
        )
        first_number += len(new)
        cases.extend(new)
    return assess(rng, quotas, cases, years)


def cases_of_looked_after(
    rng: random.Random, stays: Sequence[Stay], years: Sequence[int]
) -> list[Case]:
    """One case for each period in care, from a referral before it to the end of care."""
    first_day = first_day_counted(ReportingYear(years[0]), years[0])
    last_day = ReportingYear(years[-1]).last_day
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
            disabilities=("LD",) if stay.episodes[0].need == DISABILITY else ("NONE",),
            closed=stay.end,
            reason_closed=reason,
        )
        latest[person.number] = case
        cases.append(case)
    return cases


def _join_plans(
    rng: random.Random,
    quotas: Quotas,
    plans: Sequence[Plan],
    cases: list[Case],
    stays: Sequence[Stay],
) -> set[int]:
    """Give some plans to children who are looked after while the plan is open.

    Their cases are replaced by ones with the plan.

    Returns:
        The places of the plans given.
    """
    started: dict[int, list[dt.date]] = {}
    for stay in stays:
        started.setdefault(stay.person.number, []).append(stay.start)
    once = [
        place
        for place, case in enumerate(cases)
        if len(started.get(case.person.number, ())) == 1 and case.need != DISABILITY
    ]
    joined: set[int] = set()
    left: dict[int, int] = {}
    for place, plan in enumerate(plans):
        year_end = year_of(plan.start).year_end
        wanted = left.setdefault(year_end, quotas.find("plans_of_looked_after", year_end) or 0)
        could = [
            one
            for one in once
            if wanted and _could_be_of(plan, cases[one], started[cases[one].person.number][0])
        ]
        if could:
            chosen = rng.choice(could)
            once.remove(chosen)
            cases[chosen] = _with_plan(rng, cases[chosen], plan)
            joined.add(place)
            left[year_end] -= 1
    return joined


def _could_be_of(plan: Plan, case: Case, in_care_from: dt.date) -> bool:
    """Whether a plan of some months could be a looked-after teenager's."""
    if plan.end is not None and (plan.end - plan.start).days < 200:
        return False
    if not days_after(plan.start, -300) <= in_care_from <= days_after(plan.start, 45):
        return False
    if age_on(case.person.born, plan.start) < _TEENAGER or case.person.born < oldest_birth(plan):
        return False
    return case.closed is None or (plan.end is not None and plan.end <= case.closed)


def _with_plan(rng: random.Random, case: Case, plan: Plan) -> Case:
    conference = _working_day_by(plan.start)
    enquiry = Enquiry(_working_day_by(days_after(conference, -rng.randint(10, 18))), conference)
    return replace(
        case,
        referred=min(case.referred, days_after(enquiry.start, -rng.randint(0, 25))),
        enquiry=enquiry,
        plan=replace(plan, start=conference),
    )


def new_person(
    la_code: str, rng: random.Random, number: int, earliest: dt.date, latest: dt.date
) -> Person:
    """Somebody new, born between two days."""
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
    person = new_person(la_code, rng, number, oldest_birth(plan), referred)
    closed = None if plan.end is None else days_after(plan.end, rng.randint(5, 60))
    return Case(
        person=person,
        referred=referred,
        source=weighted(rng, _SOURCES),
        need="N1",
        disabilities=(weighted(rng, _DISABILITIES),),
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
    first_day: dt.date,
    cases: Sequence[Case],
    first_number: int,
) -> list[Case]:
    """Referrals that lead neither into care nor to a plan: as many as the year lacks."""
    # The half-year's census holds cases referred before it, if they were still open.
    in_year = [
        case
        for case in cases
        if year.contains(case.referred)
        and (case.referred >= first_day or case.closed is None or case.closed >= first_day)
    ]
    again = quotas.get("re_referrals", year.year_end) - _count_again(cases, in_year)
    lacking = quotas.get("referrals", year.year_end) - len(in_year)
    if again < 0 or lacking < again:
        raise CalibrationError(f"too many referrals already in the year to {year.last_day}")
    new = [
        _short_case(la_code, rng, (first_day, year.last_day), first_number + place)
        for place in range(lacking - again)
    ]
    # A child comes back at most once, so that the chance of it does not run away.
    returned = _returned(cases)
    could = [
        case
        for case in (*cases, *new)
        if case.reason_closed == AFTER_ASSESSMENT
        and case.person.number not in returned
        and _window_for_return(case, first_day, year.last_day) is not None
    ]
    if len(could) < again:
        raise CalibrationError(f"{again} referrals again wanted in the year to {year.last_day}")
    new.extend(
        _referred_again(rng, (first_day, year.last_day), case) for case in rng.sample(could, again)
    )
    return new


def _window_for_return(
    case: Case, first_day: dt.date, last_day: dt.date
) -> tuple[dt.date, dt.date] | None:
    """The days of a year on which a child can be referred again: closed, and within a year."""
    first = max(first_day, days_after(case.referred, _LONGEST_CASE))
    last = min(last_day, days_after(case.referred, 355))
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


def _short_case(
    la_code: str, rng: random.Random, window: tuple[dt.date, dt.date], number: int
) -> Case:
    referred = day_between(rng, *window)
    person = new_person(la_code, rng, number, birthday(referred, -16), referred)
    return _closed_soon(
        rng,
        Case(
            person=person,
            referred=referred,
            source=weighted(rng, _SOURCES),
            need=weighted(rng, _NEEDS),
            disabilities=(weighted(rng, _DISABILITIES),),
            closed=None,
            reason_closed="",
        ),
    )


def _referred_again(rng: random.Random, year: tuple[dt.date, dt.date], before: Case) -> Case:
    window = _window_for_return(before, *year)
    if window is None:
        raise ValueError("the child cannot be referred again in this year")
    return _closed_soon(rng, replace(before, referred=day_between(rng, *window)))


def _closed_soon(rng: random.Random, case: Case) -> Case:
    """Close a case after its assessment, whenever that will be, or straight away."""
    return replace(
        case, closed=days_after(case.referred, rng.randint(1, 20)), reason_closed=AFTER_ASSESSMENT
    )
