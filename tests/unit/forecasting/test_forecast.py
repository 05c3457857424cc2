"""The forecast's pieces, on histories small enough to work out by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.forecasting.forecast import TOTAL, back_test, forecast
from orchestration.forecasting.history import (
    CATEGORIES,
    LEAVES,
    Spell,
    Survival,
    age_group,
    known_at,
    learn,
)
from orchestration.forecasting.scenarios import Plan, Scenario, load_plan
from orchestration.forecasting.simulation import month_starts, simulate_nights, simulate_prices

EVE = dt.date(2018, 3, 31)
AS_NOW = Scenario("as_now", "As now", "")
PLAN = Plan(12, 50, 80, 1, 3, 1, (AS_NOW,))
OWN, AGENCY = (CATEGORIES.index(name) for name in ("in_house_fostering", "pvi_fostering"))
BORN = dt.date(2010, 1, 1)
HOME = "residential"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def spell(start: str, end: str | None = None, category: str = HOME, **more: object) -> Spell:
    return Spell("c", category, day(start), day(end) if end else None, born=BORN, **more)  # type: ignore[arg-type]


def test_the_curve_is_the_one_of_the_textbook() -> None:
    """Ends after 10 and 30 days, one still going on after 20: 2/3 left, then none of the last."""
    first = dt.date(2018, 1, 1)
    spells = [
        Spell("a", HOME, first, first + dt.timedelta(days=10), born=BORN),
        Spell("b", HOME, EVE - dt.timedelta(days=19), None, born=BORN),
        Spell("c", HOME, first, first + dt.timedelta(days=30), born=BORN),
    ]
    curve = learn(spells, EVE, 3).survival[CATEGORIES.index(HOME), 1]
    assert curve.days.tolist() == [10, 30]
    assert curve.shares == pytest.approx([2 / 3, 0])
    assert curve.rate == pytest.approx(2 / 60)


def test_days_left_follow_the_curve_given_the_days_lasted() -> None:
    curve = Survival(np.array([10.0, 30.0]), np.array([0.5, 0.25]), 0.1)
    left = curve.days_left(np.array([0.0, 0.0, 10.0]), np.array([0.9, 0.4, 0.9]))
    # Over half: the first end. Under half, over a quarter: the second. After 10 days only it.
    assert left.tolist() == [10, 30, 20]


@given(
    elapsed=st.floats(0, 5000),
    chance=st.floats(0, 1),
    ends=st.lists(st.integers(1, 4000), min_size=1, max_size=20, unique=True),
)
def test_days_left_are_whole_and_never_none(elapsed: float, chance: float, ends: list[int]) -> None:
    days = np.array(sorted(ends), dtype=float)
    curve = Survival(days, np.linspace(1, 0, len(days) + 1)[1:], 0.01)
    [left] = curve.days_left(np.array([np.floor(elapsed)]), np.array([chance]))
    assert left >= 1
    assert left == round(left)


def test_where_nothing_ever_ended_nothing_ends() -> None:
    curve = learn([spell("2017-01-01")], EVE, 3).survival[0, 0]
    assert curve.days_left(np.array([100.0]), np.array([0.5])).tolist() == [np.inf]


def test_what_comes_later_is_not_known() -> None:
    spells = [
        spell("2017-01-01", "2018-05-01", next_category="secure"),
        spell("2018-04-01"),
        spell("2017-01-01", "2018-03-31"),
    ]
    open_one, ended = known_at(spells, EVE)
    assert (open_one.end, open_one.next_category) == (None, None)
    assert ended.end == EVE


def test_lengths_of_which_the_beginning_was_not_seen_are_not_learned_from() -> None:
    known = [spell("2017-01-01", "2017-02-01") for _ in range(20)]
    unseen = [spell("2017-01-01", "2017-01-02", starts_unseen=True)]
    curve = learn(known + unseen, EVE, 3).survival[CATEGORIES.index(HOME), 1]
    assert curve.days.tolist() == [31]


def test_destinations_are_shares_of_those_that_ended() -> None:
    spells = [spell("2017-01-01", "2017-02-01", next_category="secure") for _ in range(15)]
    spells += [spell("2017-01-01", "2017-02-01") for _ in range(5)] + [spell("2017-01-01")]
    chances = learn(spells, EVE, 3).destinations[CATEGORIES.index(HOME), 1]
    assert chances[CATEGORIES.index("secure")] == 0.75
    assert chances[LEAVES] == 0.25


def test_only_those_who_enter_care_are_entrants() -> None:
    spells = [
        spell("2017-06-01"),
        spell("2017-06-02", is_move=True),
        spell("2007-04-01", starts_unseen=True),
        spell("2010-04-01"),
    ]
    learned = learn(spells, EVE, 3)
    kinds, ages = learned.entrants
    assert kinds.tolist() == [CATEGORIES.index(HOME)]
    assert ages == pytest.approx([7.4], abs=0.05)
    assert learned.entrants_a_year == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("age", "group"), [(0.0, 0), (4.99, 0), (5.0, 1), (9.99, 1), (10.0, 2), (16.0, 3), (20.0, 3)]
)
def test_age_groups_begin_on_the_birthday(age: float, group: int) -> None:
    assert age_group(np.array([age])).tolist() == [group]


def test_months_begin_on_the_first_also_over_new_year() -> None:
    starts = month_starts(dt.date(2018, 11, 1), 3)
    assert starts == [day("2018-11-01"), day("2018-12-01"), day("2019-01-01"), day("2019-02-01")]


def test_a_child_who_stays_has_every_night() -> None:
    here = [spell("2018-01-01")]
    learned = replace(learn(here, EVE, 3), entrants_a_year=0.0)
    nights = simulate_nights(
        here, learned, month_starts(dt.date(2018, 4, 1), 12), AS_NOW, 3, np.random.default_rng(1)
    )
    assert nights.sum(axis=(1, 2)).tolist() == [365] * 3
    assert nights[0, :, CATEGORIES.index(HOME)].tolist()[:3] == [30, 31, 30]


def test_nobody_is_looked_after_as_an_adult() -> None:
    here = [Spell("a", HOME, dt.date(2018, 1, 1), None, born=dt.date(2000, 4, 11))]
    learned = replace(learn(here, EVE, 3), entrants_a_year=0.0)
    nights = simulate_nights(
        here, learned, month_starts(dt.date(2018, 4, 1), 12), AS_NOW, 2, np.random.default_rng(1)
    )
    assert nights.sum(axis=(1, 2)) == pytest.approx([10, 10], abs=1)


def test_a_scenario_sends_new_children_to_own_carers_and_leaves_the_others() -> None:
    here = [spell("2018-01-01", category="pvi_fostering") for _ in range(30)]
    learned = learn(here, EVE, 1)
    starts = month_starts(dt.date(2018, 4, 1), 12)
    all_own = replace(AS_NOW, in_house_percent=100)
    nights = simulate_nights(here, learned, starts, all_own, 20, np.random.default_rng(1))
    assert nights[:, :, OWN].sum() > 0
    assert (nights[:, :, AGENCY].sum(axis=1) == 30 * 365).all()


def test_prices_change_as_they_once_did_and_all_together() -> None:
    prices = {
        2016: {HOME: 100.0, "secure": 200.0},
        2017: {HOME: 110.0, "secure": 200.0},
        2018: {HOME: 110.0, "secure": 250.0},
    }
    drawn = simulate_prices(prices, [2018, 2019], AS_NOW, 200, np.random.default_rng(1))
    home, secure = (drawn[:, :, CATEGORIES.index(name)] for name in (HOME, "secure"))
    assert set(home[:, 0]) == {110.0}
    together = {(round(a), round(b)) for a, b in zip(home[:, 1], secure[:, 1], strict=True)}
    assert together == {(121, 250), (110, 312)}
    assert np.isnan(drawn[:, :, CATEGORIES.index("parents")]).all()


def test_a_price_uplift_raises_every_pound_by_its_share() -> None:
    dearer = replace(AS_NOW, name="dearer", price_percent=10)
    spells = [spell("2018-01-01") for _ in range(3)]
    _, years = forecast(
        spells, {2018: {HOME: 100.0}}, EVE, replace(PLAN, scenarios=(AS_NOW, dearer))
    )
    as_now, up = (next(y for y in years if (y.scenario, y.category) == (name, TOTAL))
                  for name in ("as_now", "dearer"))  # fmt: skip
    assert up.spend == pytest.approx(1.1 * as_now.spend)  # type: ignore[operator]
    assert up.children == as_now.children


def test_months_add_up_to_years_and_categories_to_the_total() -> None:
    spells = [spell("2017-01-01", category=name) for name in ("secure", HOME)]
    months, years = forecast(spells, {2018: {HOME: 100.0, "secure": 300.0}}, EVE, PLAN)
    total = sum(month.spend or 0 for month in months if month.category != TOTAL)
    [year] = [year for year in years if year.category == TOTAL]
    assert year.months == 12
    assert year.spend == pytest.approx(total)
    assert year.lower <= year.spend <= year.upper  # type: ignore[operator]


def test_what_was_never_paid_for_has_no_spending() -> None:
    months, _ = forecast([spell("2018-01-01", category="parents")], {2018: {HOME: 1.0}}, EVE, PLAN)
    rows = [row for row in months if row.category == "parents"]
    assert rows
    assert all(row.spend is None and row.lower is None for row in rows)


def test_the_same_history_gives_the_same_forecast() -> None:
    spells = [spell("2017-01-01", "2017-05-01"), spell("2017-06-01")]
    prices = {2018: {HOME: 100.0}}
    assert forecast(spells, prices, EVE, PLAN) == forecast(spells, prices, EVE, PLAN)


@settings(max_examples=15, deadline=None)
@given(st.dates(dt.date(2018, 4, 1), dt.date(2019, 3, 31)))
def test_a_back_test_sees_nothing_of_the_year_it_is_held_against(end: dt.date) -> None:
    """Whatever happens in the year held back, the forecast of it stays as it was."""
    before = [spell("2017-01-01", "2017-05-01"), spell("2017-06-01")]
    after = [before[0], replace(before[1], end=end), Spell("n", HOME, end, None, born=BORN)]
    prices = {2018: {HOME: 100.0}}
    spending = {2018: {HOME: 30_000.0}, 2019: {HOME: 20_000.0}}
    changed = {2018: {HOME: 100.0}, 2019: {HOME: 500.0}}
    one, other = (
        back_test(spells, known, spending, [2019], PLAN)
        for spells, known in ((before, prices), (after, changed))
    )
    assert one == other
    assert {(row.actual, row.naive) for row in one} == {(20_000.0, 30_000.0)}


def test_the_scenarios_are_read() -> None:
    plan = load_plan()
    assert plan.as_now.name == "as_now"
    assert {one.name for one in plan.scenarios} >= {"prices_up", "entrants_up", "more_in_house"}
    assert all(one.title and one.description for one in plan.scenarios)


@pytest.mark.parametrize(
    ("scenarios", "fault"),
    [
        ("[{name: a, title: t, description: d, price_percent: 1}]", "changes nothing"),
        ("[{name: a, title: t, description: d}, {name: a, title: t, description: d}]", "one name"),
    ],
)
def test_scenarios_that_cannot_be_are_refused(tmp_path: Path, scenarios: str, fault: str) -> None:
    path = tmp_path / "scenarios.yml"
    path.write_text(
        "{months_ahead: 1, simulations: 1, range_percent: 80, seed: 1, entry_years: 1,"
        f" held_back_years: 1, scenarios: {scenarios}}}",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match=fault):
        load_plan(path)
