"""Disabled children on an agreed series of short breaks.

They are in the looked-after return and in hardly any figure made from it, which is why the demo
borough needs a few of them.
"""

import random
from collections.abc import Sequence

from demo import identity
from demo.calendar import ReportingYear, birthday, days_after
from demo.lives import Episode, Person, Placement, Stay
from demo.population import day_between, reason_as_coded

_CHILDREN_A_YEAR = 5
_BREAKS = 4


def simulate_short_breaks(
    la_code: str, rng: random.Random, first_number: int, years: Sequence[int]
) -> list[Stay]:
    """A few children a year, each with some breaks of two or three nights, within one year."""
    stays: list[Stay] = []
    number = first_number
    for year_end in years:
        year = ReportingYear(year_end)
        for _ in range(_CHILDREN_A_YEAR):
            person = _person(la_code, rng, number, year)
            number += 1
            where = Placement("K2", "PR1", "", "")
            for turn in range(_BREAKS):
                start = days_after(year.first_day, 20 + 80 * turn + rng.randint(0, 60))
                end = days_after(start, rng.randint(2, 3))
                reason = reason_as_coded("E4A", end)
                episode = Episode(start, "S", "V3", "N2", where, end, reason)
                stays.append(Stay(person, start, end, reason, episodes=(episode,)))
    return stays


def _person(la_code: str, rng: random.Random, number: int, year: ReportingYear) -> Person:
    born = day_between(rng, birthday(year.first_day, -14), birthday(year.first_day, -6))
    return Person(
        number=number,
        child_id=identity.child_id(la_code, number),
        upn=identity.upn(la_code, born, number),
        sex=rng.choice("FM"),
        born=born,
        ethnicity="WBRI",
        home_postcode=identity.postcode(rng, 1),
    )
