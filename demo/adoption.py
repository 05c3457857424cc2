"""The road to adoption: decision, placement order, match, moving in.

``population`` has decided who is adopted and on which day; here the steps before get their dates,
so that the averages of the adoption scorecard for 2013-16 and the share placed within a year come
out as published.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass

from demo.calendar import days_after, year_of
from demo.calibration import CalibrationError, Quotas, spread
from demo.lives import Adoption, Key, Stay

SAME_CARER_CODES_FROM = dt.date(2015, 4, 1)
"""From when a placement can change its type and keep the carers."""

_SNAPSHOT = dt.date(2017, 7, 31)
_SNAPSHOT_YEAR = 2018
_LEAST_DAYS_BEFORE_ORDER = 35
_LEAST_DAYS_WITH_ADOPTERS = 75
_A_YEAR = 365
_SCORECARD = 2016


@dataclass
class _Road:
    """Days from the start of care to each step, while they are still being settled."""

    stay: Stay
    end: dt.date
    moved_in: int
    order: int
    waited: int
    decided: int = 0

    @property
    def year_end(self) -> int:
        return year_of(self.end).year_end

    @property
    def length(self) -> int:
        return (self.end - self.stay.start).days

    @property
    def latest_move(self) -> int:
        return self.length - _LEAST_DAYS_WITH_ADOPTERS

    @property
    def earliest_move(self) -> int:
        return min(110, self.latest_move)


def plan_adoptions(
    rng: random.Random, stays: Sequence[Stay], quotas: Quotas
) -> dict[Key, Adoption]:
    """Date the steps of every adoption.

    Args:
        rng: the source of chance.
        stays: all stays; those that end in adoption get a road to it.
        quotas: mean days of three-year groups, children placed within a year of the decision,
            and children placed for adoption on 31 July 2017.

    Returns:
        The adoption of each stay that ends in one.

    Raises:
        CalibrationError: if the stays are too short or too long for the averages.
    """
    roads = [
        _draw_road(rng, stay, stay.end)
        for stay in stays
        if stay.reason_ended in ("E11", "E12") and stay.end is not None
    ]
    limits = {road.stay.key: (road.earliest_move, road.latest_move) for road in roads}
    _be_placed_on_snapshot(roads, limits, quotas)
    _meet_mean_to_adopters(rng, roads, limits, quotas)
    for road in roads:
        road.order = max(_LEAST_DAYS_BEFORE_ORDER, min(road.order, road.moved_in - 40))
    _meet_mean_to_match(rng, roads, quotas)
    _date_decisions(rng, roads, quotas)
    by_carer = _adopted_by_carers(rng, roads, quotas)
    return {road.stay.key: _adoption(rng, road, road.stay.key in by_carer) for road in roads}


def _draw_road(rng: random.Random, stay: Stay, end: dt.date) -> _Road:
    road = _Road(stay, end, 0, 0, 0)
    before_end = rng.randint(150, 360)
    road.moved_in = min(max(road.length - before_end, road.earliest_move), road.latest_move)
    road.order = road.moved_in - min(rng.randint(180, 340), road.moved_in * 7 // 10)
    road.waited = min(rng.randint(20, 120), road.moved_in - road.order - 6)
    return road


def _be_placed_on_snapshot(
    roads: list[_Road], limits: dict[Key, tuple[int, int]], quotas: Quotas
) -> None:
    """Let so many children live with adopters on 31 July 2017, and the others not yet."""
    wanted = quotas.find("placed_on_31_july", _SNAPSHOT_YEAR, "placed_for_adoption")
    if wanted is None:
        return
    there = sorted(
        (road for road in roads if road.stay.in_care_on(_SNAPSHOT)), key=lambda road: road.end
    )
    for road in there:
        low, high = limits[road.stay.key]
        by_then = (_SNAPSHOT - road.stay.start).days
        if wanted and low <= by_then:
            wanted -= 1
            limits[road.stay.key] = low, min(high, by_then)
        elif high > by_then:
            limits[road.stay.key] = max(low, by_then + 1), high
        else:
            raise CalibrationError("too many children live with adopters on 31 July 2017")
        low, high = limits[road.stay.key]
        road.moved_in = min(max(road.moved_in, low), high)
    if wanted:
        raise CalibrationError("too few children live with adopters on 31 July 2017")


def _meet_mean_to_adopters(
    rng: random.Random, roads: list[_Road], limits: dict[Key, tuple[int, int]], quotas: Quotas
) -> None:
    group, mean = _three_years(roads, quotas, "mean_days_from_entry_to_adopters")
    days = spread(
        rng,
        [road.moved_in for road in group],
        [limits[road.stay.key] for road in group],
        mean * len(group),
    )
    for road, moved_in in zip(group, days, strict=True):
        # The order comes earlier when the move does.
        road.order = max(_LEAST_DAYS_BEFORE_ORDER, road.order + moved_in - road.moved_in)
        road.moved_in = moved_in


def _meet_mean_to_match(rng: random.Random, roads: list[_Road], quotas: Quotas) -> None:
    group, mean = _three_years(roads, quotas, "mean_days_from_order_to_match")
    days = spread(
        rng,
        [road.waited for road in group],
        [(5, road.moved_in - road.order - 5) for road in group],
        mean * len(group),
    )
    for road, waited in zip(group, days, strict=True):
        road.waited = waited


def _three_years(roads: list[_Road], quotas: Quotas, measure: str) -> tuple[list[_Road], int]:
    """The children a three-year mean is taken over, and the mean wanted."""
    group = [road for road in roads if _SCORECARD - 2 <= road.year_end <= _SCORECARD]
    return group, quotas.get(measure, _SCORECARD, "three_years")


def _date_decisions(rng: random.Random, roads: list[_Road], quotas: Quotas) -> None:
    """Date the decision that each child should be placed; in some years, early for some."""
    for road in roads:
        soon = road.order - rng.randint(7, 40)
        road.decided = max(7, soon, road.moved_in - _A_YEAR + 10)
        road.decided = min(road.decided, road.order)
    for year_end in sorted({road.year_end for road in roads}):
        in_year = [road for road in roads if road.year_end == year_end]
        wanted = quotas.find("placed_within_12_months", year_end)
        if wanted is None:
            continue
        late = len(in_year) - wanted
        could_be_late = [road for road in in_year if road.moved_in > _A_YEAR + 30]
        if len(could_be_late) < late and year_end < _SCORECARD - 2:
            could_be_late = [road for road in in_year if road.latest_move > _A_YEAR + 30]
        if len(could_be_late) < late:
            raise CalibrationError(f"{late} late placements wanted in the year to {year_end}")
        for road in rng.sample(could_be_late, late):
            road.moved_in = max(road.moved_in, _A_YEAR + 31)
            latest = road.moved_in - rng.randint(_A_YEAR + 5, min(road.moved_in - 7, 500))
            road.decided = min(latest, road.order)


def _adopted_by_carers(rng: random.Random, roads: list[_Road], quotas: Quotas) -> set[Key]:
    """Whose foster carers adopt them; on 31 July 2017 as many wait for that as the quota says."""
    could = [
        road
        for road in roads
        if days_after(road.stay.start, road.moved_in) >= SAME_CARER_CODES_FROM
    ]
    waiting = [
        road
        for road in could
        if road.stay.in_care_on(_SNAPSHOT)
        and days_after(road.stay.start, road.moved_in) > _SNAPSHOT
    ]
    wanted = quotas.find("placed_on_31_july", _SNAPSHOT_YEAR, "foster_to_adopt") or 0
    if wanted > len(waiting):
        raise CalibrationError("too few children wait for adoption by their carers in July 2017")
    chosen = {road.stay.key for road in rng.sample(waiting, wanted)}
    not_waiting = [road for road in could if road not in waiting]
    chosen.update(road.stay.key for road in rng.sample(not_waiting, len(not_waiting) // 6))
    return chosen


def _adoption(rng: random.Random, road: _Road, by_foster_carer: bool) -> Adoption:
    start = road.stay.start
    adopters, status = rng.choice(
        (("MF", "L11"), ("MF", "L11"), ("MF", "L3"), ("MM", "L2"), ("FF", "L12"), ("F1", "L0"))
    )
    moved_in = days_after(start, road.moved_in)
    if status == "L12" and moved_in < dt.date(2014, 4, 1):
        status = "L2"
    return Adoption(
        decided=days_after(start, road.decided),
        order_to_place=days_after(start, road.order),
        matched=days_after(start, road.order + road.waited),
        moved_in=moved_in,
        by_foster_carer=by_foster_carer,
        adopters=adopters,
        legal_status_of_adopters=status,
    )
