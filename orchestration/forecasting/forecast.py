"""A forecast by month and year, and how earlier ones would have done."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from orchestration.forecasting.history import CATEGORIES, Floats, Learned, Prices, Spell, learn
from orchestration.forecasting.scenarios import Plan, Scenario
from orchestration.forecasting.simulation import month_starts, simulate_nights, simulate_prices

TOTAL = "total"
"""The category of a row for all placements together."""


@dataclass(frozen=True)
class Expected:
    """What is expected of one category in one month or year, under one scenario.

    Attributes:
        scenario: Its name.
        first_day: First day of the month; of a year, of the first month forecast in it.
        months: 1, or as many months of the year as are forecast.
        category: One of ``CATEGORIES``, or ``TOTAL``.
        children: Children there on a night, on average.
        spend: Pounds, the mean of all futures; None where no price was ever known.
        lower: Spending that a tenth of the futures stay below (at a range of 80 %).
        upper: Spending that a tenth exceed.
    """

    scenario: str
    first_day: dt.date
    months: int
    category: str
    children: float
    spend: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class BackTest:
    """A year forecast from what was known before it, beside what it then cost.

    Attributes:
        year_end: The year it ends in.
        category: One of ``CATEGORIES``, or ``TOTAL``.
        spend: What the forecast would have said.
        lower: The range's lower end.
        upper: Its upper end.
        actual: What was spent.
        naive: What a forecast would have said that repeats the year before.
    """

    year_end: int
    category: str
    spend: float
    lower: float
    upper: float
    actual: float
    naive: float

    @property
    def is_within(self) -> bool:
        """Whether the actual spending lies in the range."""
        return self.lower <= self.actual <= self.upper


def year_end_of(day: dt.date) -> int:
    """The calendar year in which a day's financial year ends."""
    return day.year + (day.month >= 4)


def forecast(
    spells: Sequence[Spell], prices: Prices, last_known: dt.date, plan: Plan
) -> tuple[list[Expected], list[Expected]]:
    """Forecast one authority under every scenario.

    Args:
        spells: Times in placements; what is later than the last day known is not looked at.
        prices: Pounds a night by year end and category, of years that had begun.
        last_known: The forecast begins with the first month after it.
        plan: How far and under which scenarios.

    Returns:
        The months, and the financial years they make, each by scenario and category.
    """
    first = month_starts(last_known.replace(day=1), 1)[1]
    starts = month_starts(first, plan.months_ahead)
    learned = learn(spells, first - dt.timedelta(days=1), plan.entry_years)
    months: list[Expected] = []
    years: list[Expected] = []
    for scenario in plan.scenarios:
        nights, spend = _draw(spells, prices, learned, starts, scenario, plan)
        days = np.array([(end - start).days for start, end in itertools.pairwise(starts)])
        ends = np.array([year_end_of(start) for start in starts[:-1]])
        for place, start in enumerate(starts[:-1]):
            only = np.arange(len(days)) == place
            months += _expected(scenario, start, nights, spend, days, only, plan)
        for year in sorted(set(ends.tolist())):
            begins = starts[int(np.flatnonzero(ends == year)[0])]
            years += _expected(scenario, begins, nights, spend, days, ends == year, plan)
    return months, years


def _draw(
    spells: Sequence[Spell],
    prices: Prices,
    learned: Learned,
    starts: Sequence[dt.date],
    scenario: Scenario,
    plan: Plan,
) -> tuple[Floats, Floats]:
    """Nights and spending by future, month and category."""
    # Every scenario sees the same chances, so that they differ by what they change.
    rng_nights, rng_prices = (
        np.random.default_rng(seed) for seed in np.random.SeedSequence(plan.seed).spawn(2)
    )
    ends = [year_end_of(start) for start in starts[:-1]]
    years = sorted(set(ends))
    nights = simulate_nights(spells, learned, starts, scenario, plan.simulations, rng_nights)
    cost = simulate_prices(prices, years, scenario, plan.simulations, rng_prices)
    return nights, nights * cost[:, [years.index(year) for year in ends]]


def _expected(
    scenario: Scenario,
    first_day: dt.date,
    nights: Floats,
    spend: Floats,
    days: Floats,
    which: Floats,
    plan: Plan,
) -> list[Expected]:
    """One row a category and one for the total, of the months chosen."""
    children = nights[:, which].sum(axis=1) / days[which].sum()
    spent = spend[:, which].sum(axis=1)
    rows = [(name, children[:, place], spent[:, place]) for place, name in enumerate(CATEGORIES)]
    rows.append((TOTAL, children.sum(axis=1), np.nansum(spent, axis=1)))
    return [
        Expected(
            scenario.name, first_day, int(which.sum()), name, float(some.mean()),
            *_range(amounts, plan.range_percent),
        )
        for name, some, amounts in rows
        if some.any()
    ]  # fmt: skip


def _range(amounts: Floats, percent: float) -> tuple[float | None, float | None, float | None]:
    if np.isnan(amounts).any():
        return None, None, None
    lower, upper = np.percentile(amounts, [50 - percent / 2, 50 + percent / 2])
    return float(amounts.mean()), float(lower), float(upper)


def back_test(
    spells: Sequence[Spell], prices: Prices, spending: Mapping[int, Mapping[str, float]],
    years: Sequence[int], plan: Plan,
) -> list[BackTest]:  # fmt: skip
    """Forecast whole years again, each from what was known on the day before it.

    Args:
        spells: Times in placements over the whole history.
        prices: Pounds a night by year end and category.
        spending: Pounds spent by year end and category.
        years: The years to hold back, by year end; each needs the spending of the year before.
        plan: How many futures to draw; its scenarios but the first are not looked at.
    """
    as_now = replace(plan, months_ahead=12, scenarios=(plan.as_now,))
    rows = []
    for year in years:
        eve = dt.date(year - 1, 3, 31)
        earlier = {known: of for known, of in prices.items() if known < year}
        _, expected = forecast(spells, earlier, eve, as_now)
        for one in expected:
            actual, naive = (_spent(spending[when], one.category) for when in (year, year - 1))
            if one.spend is None or one.lower is None or one.upper is None:
                continue
            rows.append(
                BackTest(year, one.category, one.spend, one.lower, one.upper, actual, naive)
            )
    return rows


def _spent(spending: Mapping[str, float], category: str) -> float:
    if category == TOTAL:
        return float(sum(spending.values()))
    return float(spending.get(category, 0.0))
