"""Children cared for by private arrangement, all of whom are children in need.

How many arrangements were in force on 31 March, began and ended is given year by year, and for
April to July 2017.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace

from demo.calendar import ReportingYear, birthday, days_after
from demo.calibration import Quotas
from demo.lives import Arrangement, Case
from demo.need import new_person
from demo.population import day_between

_NEED = "N5"
_PART_UNTIL, _PART_YEAR = dt.date(2017, 7, 31), 2018
_AGES_PRINTED = (10, 15)
_PRINTED_FROM = dt.date(2016, 4, 1)
_SHORTEST = 100


def simulate_private_fostering(
    la_code: str, rng: random.Random, quotas: Quotas, first_number: int, years: Sequence[int]
) -> list[Arrangement]:
    """All arrangements of some years.

    Args:
        la_code: the authority.
        rng: the source of chance.
        quotas: arrangements begun and ended by year; of the last year in two parts.
        first_number: the first number free for a child.
        years: the years, by year end.

    Raises:
        CalibrationError: if more should end than are in force.
    """
    arrangements: list[Arrangement] = []
    for year_end in years:
        for first, last, group in _parts(ReportingYear(year_end)):
            # Those about to end are chosen before new ones begin, so that none is short.
            _end(rng, quotas, arrangements, year_end, group, (first, last))
            for _ in range(quotas.find("private_fostering_begun", year_end, group) or 0):
                number = first_number + len(arrangements)
                arrangements.append(_begin(la_code, rng, number, first, last))
    return arrangements


def _parts(year: ReportingYear) -> list[tuple[dt.date, dt.date, str]]:
    if year.year_end != _PART_YEAR:
        return [(year.first_day, year.last_day, "total")]
    after = days_after(_PART_UNTIL, 1)
    return [
        (year.first_day, _PART_UNTIL, "april_to_july"),
        (after, year.last_day, "august_to_march"),
    ]


def _begin(
    la_code: str, rng: random.Random, number: int, first: dt.date, last: dt.date
) -> Arrangement:
    notified = day_between(rng, first, last)
    began = day_between(rng, max(first, days_after(notified, -30)), notified)
    youngest, oldest = _AGES_PRINTED if began >= _PRINTED_FROM else (2, 14)
    # Of the age on the last day of July 2017 as well as on the first day.
    youngest_born = min(birthday(began, -youngest), birthday(_PART_UNTIL, -youngest))
    oldest_born = days_after(birthday(max(_PART_UNTIL, began), -oldest - 1), 1)
    if began < _PRINTED_FROM:
        oldest_born, youngest_born = birthday(began, -oldest), birthday(began, -youngest)
    person = new_person(la_code, rng, number, oldest_born, youngest_born)
    return Arrangement(person, began, notified, days_after(notified, rng.randint(2, 12)), None,
                       "Assessed")  # fmt: skip


def _end(
    rng: random.Random,
    quotas: Quotas,
    arrangements: list[Arrangement],
    year_end: int,
    group: str,
    window: tuple[dt.date, dt.date],
) -> None:
    could = [
        place
        for place, one in enumerate(arrangements)
        if one.ended is None and days_after(one.began, _SHORTEST) < window[1]
    ]
    wanted = quotas.find("private_fostering_ended", year_end, group) or 0
    wanted = quotas.possible(wanted, len(could), f"private arrangements ended by {window[1]}")
    # Nobody is privately fostered as an adult: the oldest go first.
    could.sort(key=lambda place: arrangements[place].person.born)
    for place in could[:wanted]:
        one = arrangements[place]
        first = max(window[0], days_after(one.began, _SHORTEST))
        arrangements[place] = replace(one, ended=day_between(rng, first, window[1]))


def cases_of(rng: random.Random, arrangements: Sequence[Arrangement]) -> list[Case]:
    """The case of each child: open from the notification until the arrangement ends."""
    return [
        Case(
            person=one.person,
            referred=one.notified,
            source=rng.choice(("2A", "1A", "3F", "8")),
            need=_NEED,
            disabilities=("NONE",),
            closed=one.ended,
            reason_closed="RC7" if one.ended else "",
        )
        for one in arrangements
    ]
