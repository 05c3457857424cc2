"""Young people in the youth justice system: who got which outcome when, and who offended again.

Three kinds of people: those whose outcome falls in January to March, whom a year's re-offending is
counted of; those of them who offend again; and all others. Everyone is a pupil of the borough, and
nobody stands in two years but for offending again.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.calendar import ReportingYear, days_after
from demo.calibration import CalibrationError, Quotas
from demo.margins import Flags
from demo.pupils import ETHNICITIES, Pupils

TIERS = ("PRE", "FIRST", "COMM", "CUST")
"""Weights of outcomes, the lightest first."""

_SUPERVISED = ("COMM", "CUST")
_ENOUGH_HOURS, _FEW_HOURS = (25, 30), (0, 13)
_SUITABLE = 0.95


@dataclass(frozen=True)
class Outcome:
    """What a young person got on a day; hours and home are known of supervised ones only."""

    person: int
    born: dt.date
    ethnicity: str
    day: dt.date
    offence: dt.date
    tier: str
    is_first: bool
    hours: int | None
    is_housed: bool | None


def simulate_outcomes(
    rng: np.random.Generator, pupils: Pupils, quotas: Quotas, years: Sequence[int]
) -> dict[int, list[Outcome]]:
    """Outcomes of each year to 31 March, in order of day and person.

    Args:
        rng: the source of chance.
        pupils: the borough's pupils, of whom they are.
        quotas: by year, outcomes of each tier, first-time entrants, people with an outcome in
            January to March and their offences in the twelve months after, and supervised young
            people in education, training or work.
        years: the years, by year end, without gaps.

    Raises:
        CalibrationError: if there are too few young people.
    """
    used = np.zeros(len(pupils.number), dtype=bool)
    again: list[Outcome] = []
    outcomes = {}
    for year_end in years:
        year = _Year(rng, pupils, quotas, year_end, used)
        outcomes[year_end], again = year.draw(again)
    return outcomes


class _Year:
    """One year, while it is drawn."""

    def __init__(
        self,
        rng: np.random.Generator,
        pupils: Pupils,
        quotas: Quotas,
        year_end: int,
        used: Flags,
    ) -> None:
        self.rng, self.pupils, self.quotas, self.used = rng, pupils, quotas, used
        self.year = ReportingYear(year_end)
        self.new_year = dt.date(year_end, 1, 1)

    def _wanted(self, measure: str, group: str = "total") -> int:
        return self.quotas.get(f"youth_justice_{measure}", self.year.year_end, group)

    def draw(self, again: Sequence[Outcome]) -> tuple[list[Outcome], list[Outcome]]:
        """The outcomes of the year, and those the next will bring to the same people."""
        tiers = {tier: self._wanted("outcomes", tier) for tier in TIERS}
        for outcome in again:
            tiers[outcome.tier] = max(0, tiers[outcome.tier] - 1)
        number = sum(tiers.values())
        watched = min(self._wanted("watched"), number - tiers["CUST"])
        # Custody comes last: nobody sent there is among those watched from the day of the outcome.
        order = [tier for tier in TIERS[:-1] for _ in range(tiers[tier])]
        shuffled = [order[place] for place in self.rng.permutation(len(order))]
        shuffled.extend(["CUST"] * tiers["CUST"])
        first = self._choose_first(shuffled)
        places = self._people(number)
        days_left = (self.year.last_day - self.new_year).days
        outcomes = []
        for turn, (place, tier) in enumerate(zip(places, shuffled, strict=True)):
            if turn < watched:
                day = days_after(self.new_year, int(self.rng.integers(0, days_left)))
            else:
                before = (self.new_year - self.year.first_day).days
                day = days_after(self.year.first_day, int(self.rng.integers(0, before)))
            offence = days_after(day, -int(self.rng.integers(5, 90)))
            outcomes.append(self._outcome(int(place), day, offence, tier, turn in first))
        later = self._offend_again(outcomes[:watched])
        everything = self._with_hours([*outcomes, *again])
        return sorted(everything, key=lambda one: (one.day, one.person)), later

    def _choose_first(self, tiers: Sequence[str]) -> set[int]:
        """Whose outcome is the first: those with the lightest ones."""
        number = self._wanted("first_time_entrants")
        light = [turn for turn, tier in enumerate(tiers) if tier == "PRE"]
        others = [turn for turn, tier in enumerate(tiers) if tier == "FIRST"]
        candidates = [*self.rng.permutation(light), *self.rng.permutation(others)]
        return {int(turn) for turn in candidates[:number]}

    def _people(self, number: int) -> NDArray[np.intp]:
        """Young people of 12 to 16 when the year begins, not drawn before."""
        first_day = self.year.first_day
        youngest = np.datetime64(first_day.replace(year=first_day.year - 12), "D")
        oldest = np.datetime64(first_day.replace(year=first_day.year - 16), "D")
        born = self.pupils.born
        could = np.flatnonzero((born >= oldest) & (born <= youngest) & ~self.used)
        if len(could) < number:
            raise CalibrationError(f"{number} young people wanted")
        places = self.rng.choice(could, number, replace=False)
        self.used[places] = True
        return places

    def _outcome(
        self, place: int, day: dt.date, offence: dt.date, tier: str, is_first: bool
    ) -> Outcome:
        born: dt.date = self.pupils.born[place].astype(object)
        ethnicity = ETHNICITIES[self.pupils.ethnicity[place]]
        person = int(self.pupils.number[place])
        return Outcome(person, born, ethnicity, day, offence, tier, is_first, None, None)

    def _offend_again(self, watched: Sequence[Outcome]) -> list[Outcome]:
        """Offences of those watched in the twelve months after, all dealt with by December."""
        number = self._wanted("offences_again")
        if not watched:
            return []
        some = self.rng.permutation(len(watched))[: max(1, len(watched) * 2 // 5)]
        later: dict[tuple[int, dt.date], Outcome] = {}
        spring = days_after(self.year.last_day, 1)
        while len(later) < number:
            before = watched[int(self.rng.choice(some))]
            offence = days_after(spring, int(self.rng.integers(0, 180)))
            day = days_after(offence, int(self.rng.integers(10, 80)))
            tier = str(self.rng.choice(["FIRST", "COMM"], p=[0.6, 0.4]))
            later[before.person, day] = Outcome(
                before.person, before.born, before.ethnicity, day, offence, tier, False, None, None
            )
        return list(later.values())

    def _with_hours(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Say of the supervised how busy they were: as many as wanted with hours enough."""
        supervised = [turn for turn, one in enumerate(outcomes) if one.tier in _SUPERVISED]
        busy = {
            supervised[place]
            for place in self.rng.permutation(len(supervised))[: self._wanted("engaged")]
        }
        told = list(outcomes)
        for turn in supervised:
            one = outcomes[turn]
            low, high = _ENOUGH_HOURS if turn in busy else _FEW_HOURS
            told[turn] = Outcome(
                one.person, one.born, one.ethnicity, one.day, one.offence, one.tier, one.is_first,
                int(self.rng.integers(low, high)), bool(self.rng.random() < _SUITABLE),
            )  # fmt: skip
        return told
