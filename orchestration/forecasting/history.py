"""What a borough's history says: how long placements last, what follows, and who enters care."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CATEGORIES = (
    "in_house_fostering",
    "pvi_fostering",
    "other_la_fostering",
    "residential",
    "secure",
    "supported",
    "adoption",
    "parents",
    "other",
)
"""The categories of ``placement_costs``, in the order of every array here."""

LEAVES = len(CATEGORIES)
"""The destination of a child who leaves care."""

AGE_GROUPS = (0, 5, 10, 16)
"""The age at which each group begins, in years."""

ADULT_DAYS = 18 * 365.25
_AGE_WHERE_UNKNOWN = 10.0
_FEWEST_ENDS = 20
_YEAR = 365.25

Prices = Mapping[int, Mapping[str, float]]
"""Pounds a night by the year a financial year ends in, and category."""


@dataclass(frozen=True)
class Spell:
    """A child's unbroken time in one category of placement.

    Attributes:
        child_id: Tells one child from another.
        category: One of ``CATEGORIES``.
        start: First night.
        end: Day after the last night; None while it goes on.
        is_move: The child came from another category, and not into care.
        starts_unseen: It was going on when the history begins: its length is not known.
        next_category: Where the child went on the day it ended; None for out of care.
        born: Date of birth, where it is known.
    """

    child_id: str
    category: str
    start: dt.date
    end: dt.date | None
    is_move: bool = False
    starts_unseen: bool = False
    next_category: str | None = None
    born: dt.date | None = None

    def age_on(self, day: dt.date) -> float:
        """Age in years, to a fraction."""
        return _AGE_WHERE_UNKNOWN if self.born is None else (day - self.born).days / _YEAR


def age_group(ages: Floats) -> Ints:
    """The place of each age (in years) in ``AGE_GROUPS``; nobody is younger than the first."""
    return np.maximum(np.searchsorted(AGE_GROUPS, ages, side="right") - 1, 0)


@dataclass(frozen=True)
class Survival:
    """How long placements of a kind last: a Kaplan-Meier curve, and a steady rate beyond it.

    Attributes:
        days: Days after which placements were seen to end, ascending.
        shares: Share that lasts longer than each of them, descending.
        rate: Ends a day of all time seen, used where the curve has no more to say.
    """

    days: Floats
    shares: Floats
    rate: float

    def days_left(self, elapsed: Floats, chance: Floats) -> Floats:
        """Days each placement still lasts, given the days it has lasted.

        Args:
            elapsed: Days it has lasted.
            chance: A number from 0 to 1 for each, drawn evenly.

        Returns:
            Whole days, at least 1; infinite where placements of the kind do not end.
        """
        place = np.searchsorted(self.days, elapsed, side="right")
        still = np.concatenate(([1.0], self.shares))[place]
        target = still * chance
        # The first day after which no more than the target share is left.
        found = np.searchsorted(-self.shares, -target, side="left")
        within = found < self.days.size
        end = self.days[np.minimum(found, self.days.size - 1)] if self.days.size else elapsed
        last_share = self.shares[-1] if self.shares.size else 1.0
        last_day = self.days[-1] if self.days.size else 0.0
        beyond = np.maximum(elapsed, last_day)
        base = np.where(elapsed >= last_day, still, last_share)
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = np.where(base > 0, target / base, chance)
            wait = -np.log(np.clip(rest, 1e-12, 1.0)) / self.rate if self.rate else np.inf
        return np.maximum(np.ceil(np.where(within, end, beyond + wait) - elapsed), 1.0)


@dataclass(frozen=True)
class Learned:
    """What is learned from the history up to a day.

    Attributes:
        survival: By category and age group.
        destinations: Chance of each category, and of leaving, after a placement ends: category,
            age group, destination.
        entrants: Category and age in years of each child who entered care in the years looked at.
        entrants_a_year: How many enter in a year.
        entry_variance: Square of the share by which a year's entrants differ from the mean beyond
            what chance does.
    """

    survival: Mapping[tuple[int, int], Survival]
    destinations: Floats
    entrants: tuple[Ints, Floats]
    entrants_a_year: float
    entry_variance: float


def known_at(spells: Sequence[Spell], day: dt.date) -> list[Spell]:
    """The spells as they were known on a day: what came later has not happened."""
    known = []
    for one in spells:
        if one.start > day:
            continue
        if one.end is not None and one.end > day:
            one = Spell(
                one.child_id, one.category, one.start, None, one.is_move, one.starts_unseen,
                None, one.born,
            )  # fmt: skip
        known.append(one)
    return known


def learn(spells: Sequence[Spell], day: dt.date, entry_years: int) -> Learned:
    """Learn from everything known on a day.

    Args:
        spells: Times in placements, of one authority.
        day: The last day known.
        entry_years: Years back from it that entries are counted in.
    """
    known = known_at(spells, day)
    category = np.array([CATEGORIES.index(one.category) for one in known], dtype=np.int64)
    group = age_group(np.array([one.age_on(one.start) for one in known]))
    ended = np.array([one.end is not None for one in known], dtype=bool)
    days = np.array([((one.end or _after(day)) - one.start).days for one in known], dtype=float)
    seen = np.array([not one.starts_unseen for one in known], dtype=bool)
    going = np.array(
        [LEAVES if one.next_category is None else CATEGORIES.index(one.next_category)
         for one in known], dtype=np.int64,
    )  # fmt: skip
    survival = {}
    destinations = np.zeros((len(CATEGORIES), len(AGE_GROUPS), LEAVES + 1))
    for place in range(len(CATEGORIES)):
        for ages in range(len(AGE_GROUPS)):
            like = _enough(category, group, ended & seen, place, ages)
            survival[place, ages] = _survival(days[like & seen], ended[like & seen])
            left = going[_enough(category, group, ended, place, ages) & ended]
            counts = np.bincount(left, minlength=LEAVES + 1).astype(float)
            counts[place] = 0.0
            total = counts.sum()
            destinations[place, ages] = counts / total if total else np.eye(LEAVES + 1)[LEAVES]
    return Learned(survival, destinations, *_entries(known, day, entry_years))


def _after(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)


def _enough(
    category: Ints, group: Ints, counted: npt.NDArray[np.bool_], place: int, ages: int
) -> npt.NDArray[np.bool_]:
    """Like spells: of category and age group; where too few ended, of the category, or all."""
    choices: tuple[Callable[[], npt.NDArray[np.bool_]], ...] = (
        lambda: (category == place) & (group == ages),
        lambda: category == place,
    )
    for choice in choices:
        like = choice()
        if (like & counted).sum() >= _FEWEST_ENDS:
            return like
    return np.ones_like(counted)


def _survival(days: Floats, ended: npt.NDArray[np.bool_]) -> Survival:
    if not ended.any():
        return Survival(np.array([]), np.array([]), 0.0)
    data = stats.CensoredData.right_censored(days, ~ended)
    curve = stats.ecdf(data).sf
    steps = np.flatnonzero(np.diff(curve.probabilities, prepend=1.0) < 0)
    return Survival(
        curve.quantiles[steps], curve.probabilities[steps], float(ended.sum() / days.sum())
    )


def _entries(
    known: Sequence[Spell], day: dt.date, entry_years: int
) -> tuple[tuple[Ints, Floats], float, float]:
    """Who entered care in the years looked at, how many a year, and how much years differ."""
    entries = [one for one in known if not one.is_move and not one.starts_unseen]
    ago = np.array([(day - one.start).days // _YEAR for one in entries], dtype=np.int64)
    recent = [one for one, years in zip(entries, ago, strict=True) if years < entry_years]
    first = min((one.start for one in known), default=day)
    whole = max(1, min(int((day - first).days / _YEAR + 0.01), 2 * entry_years))
    by_year = np.bincount(ago[ago < whole], minlength=whole).astype(float)
    mean = by_year.mean()
    # Poisson years differ by their mean; what they differ more is the borough's own unsteadiness.
    beyond = (by_year.var(ddof=1) - mean) / mean**2 if whole > 2 and mean else 0.0
    kinds = np.array([CATEGORIES.index(one.category) for one in recent], dtype=np.int64)
    ages = np.array([max(one.age_on(one.start), 0.0) for one in recent])
    return (kinds, ages), len(recent) / min(entry_years, whole), float(max(beyond, 0.0))
