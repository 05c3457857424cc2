"""Children known to the team for disabled children, whose cases stay open for years.

How many of an age, a sex and a kind of disability were open on 31 August 2017 is printed. Some of
them are looked after because of their disability; the rest live at home.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace

from demo.calendar import ReportingYear, age_on, birthday, days_after
from demo.calibration import Quotas
from demo.lives import Case, Person
from demo.need import DISABILITY, new_person
from demo.population import day_between

_COUNTED_ON = dt.date(2017, 8, 31)
_YEAR_COUNTED = 2018
_CENSUS_BEGAN = dt.date(2008, 10, 1)
_AGES = {"under_5": (0, 4), "5_to_9": (5, 9), "10_to_15": (10, 15), "16_and_over": (16, 17)}
_KINDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "multiple": (("LD", "MOB"), ("AUT", "LD"), ("COMM", "LD", "PC"), ("AUT", "BEH")),
    "autism": (("AUT",),),
    "hearing": (("HEAR",),),
    "learning": (("LD",),),
    "mobility": (("MOB",),),
    "none": (("NONE",),),
    "other": (("DDA",),),
}
_EARLIER_A_YEAR = "disabled_cases_begun_and_ended"


def simulate_disabled(
    la_code: str,
    rng: random.Random,
    quotas: Quotas,
    in_care: Sequence[Case],
    first_number: int,
    years: Sequence[int],
) -> list[Case]:
    """Cases of disabled children who live at home: those of August 2017, and some closed before.

    Args:
        la_code: the authority.
        rng: the source of chance.
        quotas: open cases by age and sex, and cases that ended before.
        in_care: cases of looked-after children, some of them in care because of a disability.
        first_number: the first number free for a child.
        years: the years of the census, by year end.

    Raises:
        CalibrationError: if more disabled children are in care than there should be.
    """
    wanted = {band: quotas.find("disabled_open", _YEAR_COUNTED, band) or 0 for band in _AGES}
    girls = quotas.find("disabled_open", _YEAR_COUNTED, "girls") or 0
    for case in in_care:
        if _is_counted(case):
            wanted[_band(case.person.born)] -= 1
            girls -= case.person.sex == "F"
    too_many = -min(0, *wanted.values(), girls)
    quotas.possible(too_many, 0, "disabled children in care in August 2017 beyond those printed")
    wanted = {band: max(0, number) for band, number in wanted.items()}
    total = sum(wanted.values())
    girls = quotas.possible(max(0, girls), total, "disabled girls")
    sexes = rng.sample(["F"] * girls + ["M"] * (total - girls), total)
    ages = [_AGES[band] for band, number in wanted.items() for _ in range(number)]
    cases = [
        _open_case(la_code, rng, first_number + place, band, sex)
        for place, (band, sex) in enumerate(zip(ages, sexes, strict=True))
    ]
    first_number += total
    for year_end in years:
        for _ in range(quotas.find(_EARLIER_A_YEAR, year_end) or 0):
            cases.append(_ended_case(la_code, rng, first_number, ReportingYear(year_end)))
            first_number += 1
    return cases


def _is_counted(case: Case) -> bool:
    is_open = case.closed is None or case.closed > _COUNTED_ON
    return case.need == DISABILITY and case.referred <= _COUNTED_ON and is_open


def _band(born: dt.date) -> str:
    age = age_on(born, _COUNTED_ON)
    return next(band for band, (_, oldest) in _AGES.items() if age <= oldest)


def _open_case(
    la_code: str, rng: random.Random, number: int, ages: tuple[int, int], sex: str
) -> Case:
    """A case that is open on the day counted, and until the child is 18."""
    age = rng.randint(*ages)
    earliest = days_after(birthday(_COUNTED_ON, -age - 1), 1)
    person = new_person(la_code, rng, number, earliest, birthday(_COUNTED_ON, -age))
    first = max(person.born, _CENSUS_BEGAN, birthday(_COUNTED_ON, -7))
    referred = day_between(rng, first, _COUNTED_ON)
    return _case(replace(person, sex=sex), referred, birthday(person.born, 18), rng)


def _ended_case(la_code: str, rng: random.Random, number: int, year: ReportingYear) -> Case:
    """A case of a year that ended before the day counted, or began after it."""
    referred = day_between(rng, max(year.first_day, _CENSUS_BEGAN), year.last_day)
    person = new_person(la_code, rng, number, birthday(referred, -14), referred)
    closed = days_after(referred, rng.randint(150, 900))
    if referred <= _COUNTED_ON < closed:
        closed = days_after(referred, max(120, (_COUNTED_ON - referred).days - 1))
    if referred <= _COUNTED_ON < closed:
        referred, closed = days_after(_COUNTED_ON, 3), days_after(_COUNTED_ON, 400)
    return _case(person, referred, closed, rng)


def _case(person: Person, referred: dt.date, closed: dt.date, rng: random.Random) -> Case:
    horizon = dt.date(2019, 3, 31)
    is_open = closed > horizon
    return Case(
        person=person,
        referred=referred,
        source=rng.choice(("3B", "3F", "2A", "2B", "1A")),
        need=DISABILITY,
        disabilities=_draw_kind(rng),
        closed=None if is_open else closed,
        reason_closed="" if is_open else "RC7",
    )


def _draw_kind(rng: random.Random) -> tuple[str, ...]:
    return rng.choice(_KINDS[rng.choice(("multiple", "multiple", "autism", "other"))])


def with_disabilities(rng: random.Random, quotas: Quotas, cases: Sequence[Case]) -> list[Case]:
    """Let the cases open on the day counted be of so many of each kind of disability."""
    kinds = [
        kind
        for kind in _KINDS
        for _ in range(quotas.find("disabled_open", _YEAR_COUNTED, kind) or 0)
    ]
    counted = [place for place, case in enumerate(cases) if _is_counted(case)]
    if len(kinds) != len(counted):
        return list(cases)
    result = list(cases)
    for place, kind in zip(rng.sample(counted, len(counted)), kinds, strict=True):
        result[place] = replace(result[place], disabilities=rng.choice(_KINDS[kind]))
    return result
