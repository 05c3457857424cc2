"""The forecast, tried on the last year of ten invented boroughs that it has not seen.

Children's lives and what was paid for them come straight from the simulator: nothing of the
warehouse is asked.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import pytest

from demo import care, population
from demo.calendar import ReportingYear
from demo.calibration import CalibrationError, load_quotas
from demo.costs import payments
from demo.lives import Borough, Stay
from demo.providers import category, livings, settle_providers
from demo.school_years import settle_school_years
from demo.variety import scaled_quotas
from orchestration.forecasting.forecast import TOTAL, BackTest, back_test
from orchestration.forecasting.history import Prices, Spell
from orchestration.forecasting.scenarios import load_plan

pytestmark = pytest.mark.heavy

AUTHORITY = "882"
YEARS = range(2008, 2019)
SIMULATED = list(range(2008, 2020))
FIRST_DAY = dt.date(2007, 4, 1)
HELD_BACK = YEARS[-1]
SEEDS = range(1, 11)
PENCE = 100


def lives(seed: int) -> Borough:
    """Children's care, as ``demo.borough`` invents it, without their schools and services."""
    for draw in range(25):
        quotas = scaled_quotas(load_quotas(), 1.0, draw)
        rng = random.Random(f"{AUTHORITY}:{seed}:{draw}")  # noqa: S311
        try:
            drawn = population.simulate(AUTHORITY, rng, quotas, SIMULATED)
            stays = settle_school_years(AUTHORITY, drawn, quotas, YEARS)
            filled = care.fill_in(stays, rng, quotas, SIMULATED)
            lived = settle_providers(rng, filled, quotas, SIMULATED)
        except CalibrationError:
            continue
        return Borough(AUTHORITY, seed, tuple(lived), ())
    raise AssertionError(f"no lives for seed {seed}")


def spells(stays: Sequence[Stay]) -> Iterator[Spell]:
    """Unbroken times in a category; those of carers of one kind in a row are one."""
    for stay in stays:
        if stay.is_short_breaks:
            continue
        runs: list[tuple[str, dt.date, dt.date | None]] = []
        for one in livings(stay):
            kind = category(one.placement)
            if runs and runs[-1][0] == kind:
                runs[-1] = kind, runs[-1][1], one.end
            else:
                runs.append((kind, one.start, one.end))
        for place, (kind, start, end) in enumerate(runs):
            if end is not None and end <= FIRST_DAY:
                continue
            yield Spell(
                stay.person.child_id,
                kind,
                max(start, FIRST_DAY),
                end,
                is_move=place > 0 and start >= FIRST_DAY,
                starts_unseen=start < FIRST_DAY,
                next_category=runs[place + 1][0] if place + 1 < len(runs) else None,
                born=stay.person.born,
            )


def prices_and_spending(borough: Borough) -> tuple[Prices, dict[int, dict[str, float]]]:
    prices: dict[int, dict[str, float]] = {}
    spending: dict[int, dict[str, float]] = {}
    everyone = [one for stay in borough.stays for one in livings(stay)]
    for year, paid in zip(YEARS, payments(borough, YEARS, load_quotas()), strict=True):
        nights: Counter[str] = Counter()
        for one in everyone:
            nights[category(one.placement)] += one.nights_in(ReportingYear(year))
        spent: defaultdict[str, int] = defaultdict(int)
        for payment in paid:
            spent[payment.category] += payment.amount
        spending[year] = {kind: pence / PENCE for kind, pence in spent.items()}
        prices[year] = {kind: of / nights[kind] for kind, of in spending[year].items()}
    return prices, spending


def held_back(seed: int) -> BackTest:
    borough = lives(seed)
    prices, spending = prices_and_spending(borough)
    rows = back_test(list(spells(borough.stays)), prices, spending, [HELD_BACK], load_plan())
    return next(row for row in rows if row.category == TOTAL)


def test_the_held_back_year_lies_in_the_range_in_seven_boroughs_of_ten() -> None:
    rows = {seed: held_back(seed) for seed in SEEDS}
    for seed, row in rows.items():
        print(  # noqa: T201 - the numbers are what this test is asked for
            f"seed {seed}: spent {row.actual:,.0f}, forecast {row.spend:,.0f}"
            f" ({row.lower:,.0f} to {row.upper:,.0f}), last year again {row.naive:,.0f}"
        )
    assert sum(row.is_within for row in rows.values()) >= 7
    # A range that holds everything says nothing: it is narrower than a third of what is spent.
    assert all(row.upper - row.lower < row.actual / 3 for row in rows.values())
