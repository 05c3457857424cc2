"""Futures drawn from what was learned: the nights of every month, by category."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from orchestration.forecasting.history import (
    ADULT_DAYS,
    AGE_GROUPS,
    CATEGORIES,
    LEAVES,
    Floats,
    Ints,
    Learned,
    Prices,
    Spell,
    age_group,
    known_at,
)
from orchestration.forecasting.scenarios import Scenario

_OWN = CATEGORIES.index("in_house_fostering")
_AGENCY = CATEGORIES.index("pvi_fostering")
_MOST_MOVES = 60


@dataclass(frozen=True)
class _Children:
    """Children in a placement: their future, category, age in days on day 0, since and now."""

    future: Ints
    category: Ints
    age: Floats
    since: Floats
    now: Floats

    def chosen(self, which: Ints | Sequence[bool] | object) -> _Children:
        index = np.asarray(which)
        return _Children(*(getattr(self, name)[index] for name in self.__dataclass_fields__))

    def with_others(self, others: _Children) -> _Children:
        return _Children(
            *(
                np.concatenate((getattr(self, name), getattr(others, name)))
                for name in self.__dataclass_fields__
            )
        )


def month_starts(first: dt.date, months: int) -> list[dt.date]:
    """The first day of each month from one on, and the day after the last."""
    starts = [first]
    for _ in range(months):
        year, month = divmod(starts[-1].year * 12 + starts[-1].month, 12)
        starts.append(dt.date(year, month + 1, 1))
    return starts


def simulate_nights(
    spells: Sequence[Spell],
    learned: Learned,
    starts: Sequence[dt.date],
    scenario: Scenario,
    simulations: int,
    rng: np.random.Generator,
) -> Floats:
    """Draw futures.

    Args:
        spells: Times in placements, of which those going on before the first day are the
            present population.
        learned: What they and all others say.
        starts: First day of each month, and the day after the last.
        scenario: What is taken to be different.
        simulations: Futures to draw.
        rng: The source of chance.

    Returns:
        Nights by future, month and category.
    """
    first = starts[0]
    edges = np.array([(one - first).days for one in starts], dtype=float)
    present = _present(spells, first, simulations)
    entering = _entering(learned, edges[-1], scenario, simulations, rng)
    children = present.with_others(entering)
    nights = np.zeros((simulations, len(starts) - 1, len(CATEGORIES)))
    for _ in range(_MOST_MOVES):
        if not children.now.size:
            break
        group = age_group((children.age + children.since) / 365.25)
        end = children.now + _days_left(children, group, learned, rng)
        adult = ADULT_DAYS - children.age
        stop = np.minimum(np.minimum(end, adult), edges[-1])
        _add_nights(nights, children, stop, edges)
        children = _moved(children, end, end < np.minimum(adult, edges[-1]), learned, scenario, rng)
    return nights


def _present(spells: Sequence[Spell], first: dt.date, simulations: int) -> _Children:
    last_known = first - dt.timedelta(days=1)
    here = [one for one in known_at(spells, last_known) if one.end is None]
    category = np.array([CATEGORIES.index(one.category) for one in here], dtype=np.int64)
    age = np.array([one.age_on(first) * 365.25 for one in here])
    since = np.array([(one.start - first).days for one in here], dtype=float)
    return _Children(
        np.repeat(np.arange(simulations), len(here)),
        np.tile(category, simulations),
        np.tile(age, simulations),
        np.tile(since, simulations),
        np.zeros(simulations * len(here)),
    )


def _entering(
    learned: Learned, days: float, scenario: Scenario, simulations: int, rng: np.random.Generator
) -> _Children:
    """Who enters care: as many as a year brings, each like one of those who entered before."""
    kinds, ages = learned.entrants
    expected = learned.entrants_a_year * days / 365.25 * (1 + scenario.entrants_percent / 100)
    variance = learned.entry_variance
    unsteady = rng.gamma(1 / variance, variance, simulations) if variance else np.ones(simulations)
    counts = rng.poisson(expected * unsteady) if kinds.size else np.zeros(simulations, np.int64)
    like = rng.integers(0, max(kinds.size, 1), counts.sum())
    start = np.floor(rng.uniform(0, days, like.size))
    category = kinds[like] if kinds.size else np.zeros(0, np.int64)
    age = ages[like] * 365.25 - start if kinds.size else np.zeros(0)
    return _Children(
        np.repeat(np.arange(simulations), counts),
        _in_house(category, scenario, rng),
        age,
        start,
        start,
    )


def _in_house(category: Ints, scenario: Scenario, rng: np.random.Generator) -> Ints:
    """New placements with agencies, of which the scenario's share go to own carers."""
    chance = rng.uniform(size=category.size)
    taken = (category == _AGENCY) & (chance < scenario.in_house_percent / 100)
    return np.where(taken, _OWN, category)


def _days_left(
    children: _Children, group: Ints, learned: Learned, rng: np.random.Generator
) -> Floats:
    left = np.empty(children.now.size)
    chance = rng.uniform(size=children.now.size)
    elapsed = children.now - children.since
    # Sorted by kind once: asking for each kind who is of it reads everyone as often as there are.
    kind = (children.category * len(AGE_GROUPS) + group).astype(np.int16)
    order = np.argsort(kind, kind="stable")
    kinds, begins = np.unique(kind[order], return_index=True)
    for one, which in zip(kinds.tolist(), np.split(order, begins[1:]), strict=True):
        survival = learned.survival[divmod(one, len(AGE_GROUPS))]
        left[which] = survival.days_left(elapsed[which], chance[which])
    return left


def _add_nights(nights: Floats, children: _Children, stop: Floats, edges: Floats) -> None:
    simulations, months, categories = nights.shape
    cell = children.future * categories + children.category
    for month in range(months):
        here = np.flatnonzero((stop > edges[month]) & (children.now < edges[month + 1]))
        spent = np.minimum(stop[here], edges[month + 1]) - np.maximum(
            children.now[here], edges[month]
        )
        total = np.bincount(cell[here], spent, simulations * categories)
        nights[:, month, :] += total.reshape(simulations, categories)


def _moved(
    children: _Children,
    end: Floats,
    goes_on: np.typing.NDArray[np.bool_],
    learned: Learned,
    scenario: Scenario,
    rng: np.random.Generator,
) -> _Children:
    """Those whose placement ended within the time and who did not leave care, in their next."""
    moving, when = children.chosen(goes_on), end[goes_on]
    group = age_group((moving.age + when) / 365.25)
    chances = learned.destinations[moving.category, group].cumsum(axis=1)
    draw = rng.uniform(size=(when.size, 1))
    target = np.minimum((chances < draw).sum(axis=1), LEAVES)
    staying = target != LEAVES
    stays, when = moving.chosen(staying), when[staying]
    return _Children(stays.future, _in_house(target[staying], scenario, rng), stays.age, when, when)


def simulate_prices(
    prices: Prices, years: Sequence[int], scenario: Scenario, simulations: int,
    rng: np.random.Generator,
) -> Floats:  # fmt: skip
    """Draw the price of a night in each year ahead.

    A year's change of prices is one that the history has: all categories change as they did
    together in a year drawn from it.

    Args:
        prices: Prices known, by year end.
        years: The years ahead, by year end; the last known year has its own price.
        scenario: How much higher prices are.
        simulations: Futures to draw.
        rng: The source of chance.

    Returns:
        Pounds a night by future, year and category; not a number where none was ever known.
    """
    known = sorted(prices)
    table = np.array(
        [[prices[year].get(name, np.nan) for name in CATEGORIES] for year in known]
    ).reshape(len(known), len(CATEGORIES))
    latest = np.array([_last(column) for column in table.T])
    steps = np.log(table[1:] / table[:-1])
    steps = np.where(np.isfinite(steps), steps, 0.0)
    drawn = np.zeros((simulations, len(years), len(CATEGORIES)))
    change = np.zeros((simulations, len(CATEGORIES)))
    for place, year in enumerate(years):
        if len(steps) and year > known[-1]:
            change = change + steps[rng.integers(0, len(steps), simulations)]
        drawn[:, place] = latest * np.exp(change)
    return drawn * (1 + scenario.price_percent / 100)


def _last(column: Floats) -> float:
    known = column[np.isfinite(column)]
    return float(known[-1]) if known.size else float("nan")
