"""Children who care for somebody at home and are on the council's register.

The register was counted twice in print: at the end of April 2012, and at the end of September 2017
by sex and school phase.
"""

import datetime as dt
import random
from dataclasses import replace

from demo.calendar import age_on, birthday, days_after
from demo.calibration import Quotas
from demo.lives import Person, YoungCarer
from demo.need import new_person
from demo.population import day_between

FIRST_COUNT, SECOND_COUNT = dt.date(2012, 4, 30), dt.date(2017, 9, 30)
"""The days the register was counted."""

_BEGAN = dt.date(2007, 4, 1)
_LAST = dt.date(2018, 3, 31)
_YOUNGEST, _OLDEST_AT_PRIMARY, _OLDEST = 5, 10, 16


def phase_in(born: dt.date, september: int) -> str:
    """The school phase in the school year that begins in September of a year."""
    return (
        "Primary" if age_on(born, dt.date(september, 8, 31)) <= _OLDEST_AT_PRIMARY else "Secondary"
    )


def simulate_young_carers(
    la_code: str, rng: random.Random, quotas: Quotas, first_number: int
) -> list[YoungCarer]:
    """The register from April 2007 to March 2018, in order of entry.

    Args:
        la_code: the authority.
        rng: the source of chance.
        quotas: children on the register on the two days, by sex and phase on the second.
        first_number: the first number free for a child.
    """
    carers: list[YoungCarer] = []
    first = quotas.find("young_carers", 2013, "april") or 0
    for _ in range(first // 3):
        carers.append(_before(la_code, rng, first_number + len(carers)))
    for _ in range(first):
        carers.append(_at_first_count(la_code, rng, first_number + len(carers)))
    carers.extend(_at_second_count(la_code, rng, quotas, first_number + len(carers)))
    for _ in range(first // 12):
        entered = day_between(rng, days_after(SECOND_COUNT, 2), _LAST)
        person = _person(la_code, rng, first_number + len(carers), entered, (8, 14))
        carers.append(YoungCarer(person, entered, None))
    return sorted(carers, key=lambda one: (one.entered, one.person.number))


def _person(
    la_code: str, rng: random.Random, number: int, day: dt.date, ages: tuple[int, int]
) -> Person:
    """Somebody of an age on a day."""
    age = rng.randint(*ages)
    return new_person(
        la_code, rng, number, days_after(birthday(day, -age - 1), 1), birthday(day, -age)
    )


def _before(la_code: str, rng: random.Random, number: int) -> YoungCarer:
    """On the register for some time before the first count."""
    entered = day_between(rng, _BEGAN, dt.date(2010, 12, 31))
    person = _person(la_code, rng, number, entered, (7, 15))
    last = min(days_after(FIRST_COUNT, -10), birthday(person.born, 18))
    return YoungCarer(person, entered, day_between(rng, days_after(entered, 100), last))


def _at_first_count(la_code: str, rng: random.Random, number: int) -> YoungCarer:
    """On the register at the first count, and no longer at the second."""
    person = _person(la_code, rng, number, FIRST_COUNT, (6, _OLDEST))
    entered = day_between(rng, max(_BEGAN, birthday(person.born, _YOUNGEST)), FIRST_COUNT)
    last = min(days_after(SECOND_COUNT, -30), birthday(person.born, 18))
    return YoungCarer(person, entered, day_between(rng, days_after(FIRST_COUNT, 20), last))


def _at_second_count(
    la_code: str, rng: random.Random, quotas: Quotas, first_number: int
) -> list[YoungCarer]:
    """On the register at the second count: so many girls, and so many at primary school."""
    at_primary = quotas.find("young_carers", 2018, "primary") or 0
    at_secondary = quotas.find("young_carers", 2018, "secondary") or 0
    total = at_primary + at_secondary
    girls = min(total, quotas.find("young_carers", 2018, "girls") or 0)
    sexes = rng.sample(["F"] * girls + ["M"] * (total - girls), total)
    august = dt.date(SECOND_COUNT.year, 8, 31)
    carers = []
    for place, sex in enumerate(sexes):
        ages = (6, _OLDEST_AT_PRIMARY) if place < at_primary else (_OLDEST_AT_PRIMARY + 1, _OLDEST)
        person = _person(la_code, rng, first_number + place, august, ages)
        first = max(days_after(FIRST_COUNT, 10), birthday(person.born, _YOUNGEST))
        entered = day_between(rng, first, SECOND_COUNT)
        carers.append(YoungCarer(replace(person, sex=sex), entered, None))
    return carers
