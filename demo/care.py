"""What happens to children while they are looked after: placements, moves, orders, absences.

``population`` has decided who is in care and when; here each stay gets its episodes. How many
children had three or more placements in a year is a quota, met by deciding the number of moves of
every child before any of them is dated.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from demo import identity
from demo.adoption import SAME_CARER_CODES_FROM, plan_adoptions
from demo.calendar import ReportingYear, age_on, birthday, days_after, year_of
from demo.calibration import CalibrationError, Quotas
from demo.lives import Absence, Adoption, Episode, Key, Placement, Stay
from demo.population import (
    day_between,
    draw_without_return,
    is_long_term_looked_after,
    weighted,
)
from demo.reviews import hold_reviews

_FOSTER = ("U1", "U2", "U3", "U4", "U5", "U6")
_PLACES_BY_AGE: tuple[tuple[int, dict[str, float]], ...] = (
    (4, {"U6": 0.83, "U3": 0.12, "P1": 0.03, "R3": 0.02}),
    (9, {"U6": 0.8, "U3": 0.13, "U4": 0.04, "P1": 0.03}),
    (13, {"U6": 0.7, "U3": 0.1, "U4": 0.12, "P1": 0.03, "K2": 0.05}),
    (15, {"U6": 0.65, "U3": 0.07, "U4": 0.13, "K2": 0.11, "K1": 0.01, "S1": 0.01, "P1": 0.02}),
    (17, {"U6": 0.38, "U4": 0.2, "U3": 0.04, "K2": 0.07, "H5": 0.2, "P2": 0.1, "K1": 0.01}),
)
_PROVIDERS: dict[str, dict[str, float]] = {
    "foster": {"PR1": 0.72, "PR4": 0.23, "PR5": 0.05},
    "P1": {"PR0": 1.0},
    "K1": {"PR2": 1.0},
    "other": {"PR4": 0.8, "PR5": 0.2},
}
_TEMPORARY = ("T0", "T1", "T2", "T3", "T4")
_WITHOUT_URN = ("P1", "P2", "P3", "H5", "R1", "R2", "R5", "Z1", "T0", "T1", "T2", "T3", "T4")
_MOVE_REASONS = {
    "CARPL": 0.4, "CREQB": 0.2, "CREQO": 0.12, "CHILD": 0.08, "LAREQ": 0.06, "CLOSE": 0.05,
    "ALLEG": 0.03, "STAND": 0.03, "OTHER": 0.03,
}  # fmt: skip
_FIRST_ORDERS = {"V2": 0.5, "C1": 0.3, "L1": 0.1, "L2": 0.1}
_NEEDS = {"N1": 0.8, "N2": 0.03, "N3": 0.04, "N4": 0.04, "N5": 0.05, "N6": 0.03, "N8": 0.01}
_MISSING_COLLECTED_FROM = dt.date(2014, 4, 1)

_SNAPSHOT = dt.date(2017, 7, 31)
_SNAPSHOT_YEAR = 2018
_PLACES_ON_SNAPSHOT: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "semi_independent": (16, 17, ("H5", "H5", "P2")),
    "secure": (12, 16, ("K1",)),
    "childrens_home": (10, 16, ("K2",)),
    "residential_school": (8, 15, ("S1",)),
    "with_parents": (0, 17, ("P1",)),
}

# A move needs this much room on either side, so that no two fall together.
_ROOM = 9
_DAYS_FOR_THREE_PLACEMENTS = 90


@dataclass
class _Plan:
    """What will happen in one stay, before it is written down as episodes."""

    stay: Stay
    until: dt.date
    adoption: Adoption | None = None
    moves: list[dt.date] = field(default_factory=list)
    place_on_snapshot: str = ""


@dataclass(frozen=True)
class _Change:
    """The child lives somewhere else from a day on."""

    day: dt.date
    placement: Placement
    same_carer: bool = False
    reason: str = ""


def fill_in(
    stays: Sequence[Stay], rng: random.Random, quotas: Quotas, years: Sequence[int]
) -> list[Stay]:
    """Give every stay its episodes, reviews, absences and, where there is one, its adoption.

    Absences are those without leave; ``missing`` adds the times a child was reported missing.

    Args:
        stays: periods in care, as ``population.simulate`` returned them.
        rng: the source of chance.
        quotas: how many children had three or more placements in each year.
        years: the years simulated, by year end.

    Raises:
        CalibrationError: if too few children are in care long enough to have three placements.
    """
    horizon = ReportingYear(years[-1]).last_day
    adoptions = plan_adoptions(rng, stays, quotas)
    plans = [_Plan(stay, stay.end or horizon, adoptions.get(stay.key)) for stay in stays]
    for year_end in years:
        _plan_moves(rng, plans, ReportingYear(year_end), quotas)
    _plan_places(rng, plans, quotas)
    return hold_reviews(rng, quotas, [_live(rng, plan) for plan in plans], years)


def _move_of_adoption(plan: _Plan, year: ReportingYear) -> int:
    """How many times the road to adoption moves the child to new carers in a year."""
    adoption = plan.adoption
    if adoption is None or adoption.by_foster_carer:
        return 0
    return int(year.contains(adoption.moved_in))


def _plan_moves(
    rng: random.Random, plans: list[_Plan], year: ReportingYear, quotas: Quotas
) -> None:
    """Decide how often every child moves in a year, and when."""
    here = [plan for plan in plans if plan.stay.in_care_on(year.last_day)]
    settled, unsettled = _who_stays_settled(rng, here, year, quotas)
    could = [plan for plan in here if plan.stay.key not in settled]
    often = _who_moves_often(
        rng, could, year, quotas.find("three_or_more_placements", year.year_end)
    )
    for plan in plans:
        window = _window_for_moves(plan, year)
        if window is None:
            continue
        key, fixed = plan.stay.key, _move_of_adoption(plan, year)
        if key in often:
            wanted = rng.choices((2, 3, 4), (0.7, 0.22, 0.08))[0] - fixed
        elif key in unsettled:
            wanted = 1
        elif key in settled:
            wanted = 0
        elif plan.stay.in_care_on(year.last_day):
            wanted = 1 - fixed if rng.random() < _chance_of_a_move(plan, year) else 0
        else:
            wanted = rng.choices((0, 1, 2), (0.7, 0.23, 0.07))[0]
        plan.moves.extend(_date_moves(rng, window, max(0, wanted)))


def _chance_of_a_move(plan: _Plan, year: ReportingYear) -> float:
    """Those long in care move seldom, newcomers often, and many move on at 16."""
    if age_on(plan.stay.person.born, year.last_day) >= 16:
        return 0.6
    if _will_be_long_term(plan.stay, year):
        return 0.04
    return 0.15 if (year.first_day - plan.stay.start).days > 500 else 0.33


def _will_be_long_term(stay: Stay, year: ReportingYear) -> bool:
    """Whether next year's figure of settled children will count a child."""
    following = ReportingYear(year.year_end + 1)
    return stay.in_care_on(following.last_day) and is_long_term_looked_after(stay, following)


def _who_stays_settled(
    rng: random.Random, here: list[_Plan], year: ReportingYear, quotas: Quotas
) -> tuple[set[Key], set[Key]]:
    """Who, among those long in care, must not move this year, and who must.

    A child counts as settled with no move to new carers in the two years to 31 March; a move to
    adopters does not count against it.
    """
    wanted = quotas.find("long_term_stable", year.year_end)
    if wanted is None:
        return set(), set()
    two_years_ago = days_after(ReportingYear(year.year_end - 1).first_day, -1)
    settled = [
        plan
        for plan in here
        if is_long_term_looked_after(plan.stay, year)
        and plan.stay.start <= two_years_ago
        and all(day <= two_years_ago for day in plan.moves)
    ]
    movable = [plan for plan in settled if plan.adoption is None and _window_for_moves(plan, year)]
    leaving = len(settled) - wanted
    if not 0 <= leaving <= len(movable):
        raise CalibrationError(
            f"{wanted} children settled for two years wanted on 31 March {year.year_end}, "
            f"{len(settled)} could be"
        )
    # Best those whom next year's figure leaves out, or it could not be met.
    shuffled = rng.sample(movable, len(movable))
    shuffled.sort(key=lambda plan: _will_be_long_term(plan.stay, year))
    moving = {plan.stay.key for plan in shuffled[:leaving]}
    return {plan.stay.key for plan in settled} - moving, moving


def _who_moves_often(
    rng: random.Random, could: list[_Plan], year: ReportingYear, wanted: int | None
) -> set[Key]:
    """The children who will have had three or more placements in the year to 31 March."""
    able = []
    for plan in could:
        window = _window_for_moves(plan, year)
        if window and (window[1] - window[0]).days >= _DAYS_FOR_THREE_PLACEMENTS:
            able.append(plan.stay)
    wanted = len(could) // 10 if wanted is None else wanted
    if len(able) < wanted:
        raise CalibrationError(
            f"{wanted} children with three or more placements wanted in the year to March "
            f"{year.year_end}, {len(able)} are in care long enough"
        )
    # Those long in care were asked to be settled or not; newer ones and teenagers move more.
    chosen = draw_without_return(
        rng,
        able,
        wanted,
        lambda stay: (
            (1 + age_on(stay.person.born, year.last_day) / 4)
            / (1 + (year.last_day - stay.start).days / 700)
        ),
    )
    return {stay.key for stay in chosen}


def _window_for_moves(plan: _Plan, year: ReportingYear) -> tuple[dt.date, dt.date] | None:
    """The days of a year on which an ordinary move can happen, if there are any.

    Moves keep clear of the first and last days of the year, of the stay, and of everything that
    follows once a child is with adopters.
    """
    end = plan.stay.end or days_after(year.last_day, 30)
    if plan.adoption is not None:
        end = min(end, plan.adoption.moved_in)
    first = max(days_after(plan.stay.start, 12), days_after(year.first_day, 6))
    last = min(days_after(end, -_ROOM), days_after(year.last_day, -6))
    return (first, last) if (last - first).days >= 2 * _ROOM else None


def _date_moves(rng: random.Random, window: tuple[dt.date, dt.date], wanted: int) -> list[dt.date]:
    """Some days in a window, at least a few days apart."""
    if wanted == 0:
        return []
    share = (window[1] - window[0]).days // wanted
    return [
        days_after(window[0], share * number + rng.randint(0, max(0, share - _ROOM)))
        for number in range(wanted)
    ]


def _live(rng: random.Random, plan: _Plan) -> Stay:
    """Write a plan down as the episodes and absences of a stay."""
    changes = _placements(rng, plan)
    orders = _in_keeping(_orders(rng, plan), changes)
    stay = replace(plan.stay, adoption=plan.adoption)
    stay = replace(stay, episodes=_episodes(stay, changes, orders, _need(rng, stay)))
    return replace(stay, absences=_absences(rng, stay, plan.until))


def _need(rng: random.Random, stay: Stay) -> str:
    return "N8" if stay.person.is_asylum_seeker else weighted(rng, _NEEDS)


def _new_placement(rng: random.Random, place: str) -> Placement:
    kind = "foster" if place in _FOSTER else place
    provider = weighted(rng, _PROVIDERS.get(kind, _PROVIDERS["other"]))
    if place in ("A3", "A4", "A5", "A6") or (place in ("U1", "U3") and provider != "PR1"):
        provider = "PR1"
    urn = ""
    if place not in _WITHOUT_URN:
        # The council's own carers share the number of its fostering service.
        urn = identity.provider_urn(1 if provider == "PR1" else rng.randint(2, 60))
    district = rng.randint(1, 6) if provider in ("PR0", "PR1") else rng.randint(1, 30)
    return Placement(place, provider, urn, identity.postcode(rng, district))


def _plan_places(rng: random.Random, plans: list[_Plan], quotas: Quotas) -> None:
    """Decide the type of placement everyone is in on 31 July 2017, where the quotas say so."""
    if quotas.find("placed_on_31_july", _SNAPSHOT_YEAR, "with_parents") is None:
        return
    free = []
    for plan in plans:
        if not plan.stay.in_care_on(_SNAPSHOT):
            continue
        if plan.adoption is None:
            plan.place_on_snapshot = "U6"
            free.append(plan)
        elif plan.adoption.by_foster_carer and plan.adoption.moved_in > _SNAPSHOT:
            plan.place_on_snapshot = "U5"
        elif plan.adoption.moved_in > _SNAPSHOT:
            plan.place_on_snapshot = "U6"
    for group, (youngest, oldest, places) in _PLACES_ON_SNAPSHOT.items():
        wanted = quotas.get("placed_on_31_july", _SNAPSHOT_YEAR, group)
        could = [
            plan
            for plan in free
            if youngest <= age_on(plan.stay.person.born, _placed_since(plan)) <= oldest
        ]
        if len(could) < wanted:
            raise CalibrationError(f"{wanted} children {group} wanted on {_SNAPSHOT}")
        for plan in rng.sample(could, wanted):
            plan.place_on_snapshot = rng.choice(places)
            free.remove(plan)


def _placed_since(plan: _Plan) -> dt.date:
    """When the placement a child is in on 31 July 2017 began."""
    return max((day for day in plan.moves if day <= _SNAPSHOT), default=plan.stay.start)


def _placements(rng: random.Random, plan: _Plan) -> list[_Change]:
    """Where the child lives from when, first placement included."""
    days = [plan.stay.start, *sorted(plan.moves)]
    changes = []
    for day, following in zip(days, [*days[1:], plan.until], strict=True):
        place = _draw_place(rng, plan.stay.person.born, day)
        if plan.place_on_snapshot and day <= _SNAPSHOT < following:
            place = plan.place_on_snapshot
            if place == "U6":
                place = weighted(rng, {"U6": 0.75, "U3": 0.15, "U4": 0.1})
        reason = "" if day == plan.stay.start else weighted(rng, _MOVE_REASONS)
        changes.append(_Change(day, _new_placement(rng, place), reason=reason))
    if plan.adoption is not None:
        changes = _with_adopters(rng, changes, plan.adoption)
    changes = _with_long_term(rng, plan.until, changes)
    return _with_time_away(rng, plan.until, changes)


def _draw_place(rng: random.Random, born: dt.date, day: dt.date) -> str:
    age = age_on(born, day)
    weights = next(weights for oldest, weights in _PLACES_BY_AGE if age <= oldest)
    return weighted(rng, weights)


def _with_adopters(rng: random.Random, changes: list[_Change], adoption: Adoption) -> list[_Change]:
    """Move in with adopters, or stay with foster carers who become them."""
    if not adoption.by_foster_carer:
        there = _new_placement(rng, "A6")
        return [*changes, _Change(adoption.moved_in, there, reason="CARPL")]
    last = changes[-1]
    carers = last.placement
    if carers.place not in _FOSTER:
        carers = _new_placement(rng, "U6")
        changes = [*changes[:-1], replace(last, placement=carers)]
    home = replace(carers, place="A5")
    return [*changes, _Change(adoption.moved_in, home, same_carer=True, reason="PLACE")]


def _with_long_term(rng: random.Random, until: dt.date, changes: list[_Change]) -> list[_Change]:
    """Some foster placements are confirmed as long-term: the same carers under another code."""
    last = changes[-1]
    earliest = max(days_after(last.day, 240), days_after(SAME_CARER_CODES_FROM, 20))
    latest = days_after(until, -_ROOM)
    if last.placement.place not in ("U6", "U3") or earliest >= latest or rng.random() < 0.5:
        return changes
    code = {"U6": "U4", "U3": "U1"}[last.placement.place]
    day = day_between(rng, earliest, min(latest, days_after(earliest, 500)))
    confirmed = replace(last.placement, place=code)
    return [*changes, _Change(day, confirmed, same_carer=True, reason="PLACE")]


def _with_time_away(rng: random.Random, until: dt.date, changes: list[_Change]) -> list[_Change]:
    """A few children are in hospital or respite for some days and come back as planned."""
    last = changes[-1]
    if last.placement.place not in _FOSTER or rng.random() > 0.09:
        return changes
    earliest, latest = days_after(last.day, 25), days_after(until, -40)
    if earliest >= latest:
        return changes
    away = day_between(rng, earliest, latest)
    back = days_after(away, rng.randint(2, 6))
    year = year_of(away)
    if away <= days_after(year.first_day, 5) or back >= days_after(year.last_day, -5):
        return changes
    if away <= _SNAPSHOT <= back:
        return changes
    elsewhere = Placement(rng.choice(("T1", "T3", "T4")), "", "", identity.postcode(rng, 7))
    return [*changes, _Change(away, elsewhere), _Change(back, last.placement)]


def _orders(rng: random.Random, plan: _Plan) -> list[tuple[dt.date, str]]:
    """The child's legal status from when, first one included."""
    stay = plan.stay
    end = stay.end or dt.date.max
    if stay.person.is_asylum_seeker:
        return [(stay.start, "V2")]
    first = weighted(rng, _FIRST_ORDERS)
    orders = [(stay.start, first)]
    if first in ("L1", "L2"):
        orders.append((days_after(stay.start, 2 if first == "L1" else 7), rng.choice(("C1", "V2"))))
    elif first == "V2" and rng.random() < 0.45:
        orders.append((days_after(stay.start, rng.randint(30, 250)), "C1"))
    if orders[-1][1] == "C1":
        orders.append((days_after(orders[-1][0], rng.randint(150, 240)), "C2"))
    if plan.adoption is not None:
        order = plan.adoption.order_to_place
        orders = [one for one in orders if one[0] < order] + [(order, "E1")]
    return [one for one in orders if one[0] < end]


def _in_keeping(
    orders: list[tuple[dt.date, str]], changes: list[_Change]
) -> list[tuple[dt.date, str]]:
    """Orders that go with where the child lives.

    A child who lives with the parents is in care by order of a court, not by agreement with them,
    and no order is made while a child is away from the carers for some days.
    """
    with_parents = any(change.placement.place == "P1" for change in changes)
    kept: list[tuple[dt.date, str]] = []
    for day, status in orders:
        meant = "C2" if with_parents and status == "V2" else status
        if not (kept and kept[-1][1] == "C2" and meant in ("C1", "C2")):
            kept.append((_not_while_away(day, changes), meant))
    return kept


def _not_while_away(day: dt.date, changes: list[_Change]) -> dt.date:
    """The day itself, or the day after the child is back."""
    for away, back in pairwise(changes):
        if away.placement.place in _TEMPORARY and away.day <= day <= back.day:
            return days_after(back.day, 1)
    return day


def _episodes(
    stay: Stay, changes: list[_Change], orders: list[tuple[dt.date, str]], need: str
) -> tuple[Episode, ...]:
    """Lay placements and orders over each other: a new episode whenever either changes."""
    placed = {change.day: change for change in changes}
    ordered = dict(orders)
    days = sorted(placed.keys() | ordered.keys())
    episodes: list[Episode] = []
    placement, status = changes[0].placement, orders[0][1]
    for day, following in zip(days, [*days[1:], None], strict=True):
        change, order = placed.get(day), ordered.get(day)
        placement = change.placement if change else placement
        status = order or status
        episodes.append(
            Episode(
                start=day,
                reason_started="S" if day == stay.start else _reason_started(change, order),
                legal_status=status,
                need=need,
                placement=placement,
                end=following or stay.end,
                reason_ended="X1" if following else stay.reason_ended,
                reason_placement_changed=_reason_changed(placed.get(following), placement)
                if following
                else "",
            )
        )
    return tuple(episodes)


def _reason_started(change: _Change | None, order: str | None) -> str:
    if change is None:
        return "L"
    if order is None:
        return "T" if change.same_carer else "P"
    return "U" if change.same_carer else "B"


def _reason_changed(change: _Change | None, left: Placement) -> str:
    """Why the placement changed; not asked of temporary moves."""
    if change is None or "T" in (change.placement.place[0], left.place[0]):
        return ""
    return change.reason


def _absences(rng: random.Random, stay: Stay, until: dt.date) -> tuple[Absence, ...]:
    """Spells away from the placement without leave, of some teenagers; where, is known."""
    first = max(stay.start, _MISSING_COLLECTED_FROM, birthday(stay.person.born, 12))
    last = days_after(until, -12)
    if first >= last or rng.random() > 0.12:
        return ()
    absences: list[Absence] = []
    day = first
    while True:
        day = days_after(day, 3 + int(rng.expovariate(1 / 90)))
        back = days_after(day, rng.choices((0, 1, 2, 3, 6), (0.45, 0.3, 0.12, 0.08, 0.05))[0])
        if back >= last:
            return tuple(absences)
        absences.append(Absence("A", day, back))
        day = back
