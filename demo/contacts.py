"""Contacts to social care: who rang whom about a child, and what became of it.

Every assessment began with a contact. Most contacts come to the front door in office hours, the
rest to the emergency duty team at night; how many of each is given by year. A referral that nobody
assessed was a contact that led to nothing, unless the child was known already.
"""

import datetime as dt
import random
from collections.abc import Sequence

from demo.calendar import ReportingYear, days_after
from demo.calibration import Quotas
from demo.lives import Case, Contact, Person
from demo.population import day_between, weighted

_DOORS = ("front_door", "emergency_duty_team")
_OUTCOMES = {"EH": 0.31, "IAG": 0.35, "NFA": 0.29, "OLA": 0.05}
_SOURCES = {
    "6": 0.32,
    "2A": 0.2,
    "1A": 0.1,
    "3F": 0.1,
    "3B": 0.06,
    "5B": 0.08,
    "8": 0.08,
    "4": 0.06,
}
_SHARE_NAMED = 0.7
_PARTS = {2018: (("april_to_july", 4, 7), ("august_to_march", 8, 3))}


def simulate_contacts(
    rng: random.Random, quotas: Quotas, cases: Sequence[Case], years: Sequence[int]
) -> list[Contact]:
    """All contacts of some years, in order of the day.

    Args:
        rng: the source of chance.
        quotas: contacts by year and door.
        cases: referrals, most of which were contacts of the same day.
        years: the years, by year end.

    Raises:
        CalibrationError: if there are more referrals than contacts.
    """
    by_year: dict[int, list[Case]] = {}
    for case in cases:
        year_end = case.referred.year + (case.referred.month >= 4)
        by_year.setdefault(year_end, []).append(case)
    contacts: list[Contact] = []
    for year_end in years:
        for group, first, last in _parts(ReportingYear(year_end)):
            referred = [
                case
                for case in by_year.get(year_end, ())
                if first <= case.referred <= last and (case.no_further_action or _is_assessed(case))
            ]
            doors = [
                door
                for door in _DOORS
                for _ in range(quotas.find(f"contacts_{door}", year_end, group) or 0)
            ]
            contacts.extend(_contacts(rng, quotas, referred, doors, first, last))
    return sorted(contacts, key=lambda one: one.day)


def _parts(year: ReportingYear) -> list[tuple[str, dt.date, dt.date]]:
    if year.year_end not in _PARTS:
        return [("total", year.first_day, year.last_day)]
    august = dt.date(year.year_end - 1, 8, 1)
    return [
        ("april_to_july", year.first_day, days_after(august, -1)),
        ("august_to_march", august, year.last_day),
    ]


def _contacts(
    rng: random.Random,
    quotas: Quotas,
    cases: Sequence[Case],
    doors: list[str],
    first: dt.date,
    last: dt.date,
) -> list[Contact]:
    quotas.possible(len(cases), len(doors), f"referrals among the contacts by {last}")
    shuffled = rng.sample(doors, len(doors))
    contacts = [
        Contact(case.referred, case.source, "REF", door, case.person, case)
        if _is_assessed(case)
        else Contact(case.referred, case.source, "NFA", door, case.person)
        for case, door in zip(cases, shuffled, strict=False)
    ]
    for door in shuffled[len(cases) :]:
        day = day_between(rng, first, last)
        contacts.append(
            Contact(day, weighted(rng, _SOURCES), weighted(rng, _OUTCOMES), door,
                    _somebody(rng, cases, day))
        )  # fmt: skip
    return contacts


def _is_assessed(case: Case) -> bool:
    return case.assessment is not None or case.initial_assessment is not None


def _somebody(rng: random.Random, cases: Sequence[Case], day: dt.date) -> Person | None:
    """A child referred in the same months and born by then, or nobody named."""
    if not cases or rng.random() > _SHARE_NAMED:
        return None
    person = rng.choice(cases).person
    return person if person.born <= day else None
