"""What happens to children while they are looked after: placements, moves, orders, reviews.

``population`` has decided who is in care and when; here each stay gets its episodes. How many
children had three or more placements in a year is a quota, met by deciding the number of moves of
every child before any of them is dated.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from demo import identity
from demo.calendar import ReportingYear, age_on, birthday, days_after, year_of
from demo.calibration import CalibrationError, Quotas
from demo.lives import Absence, Adoption, Episode, Placement, Review, Stay
from demo.population import day_between, draw_without_return, weighted

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
_WITHOUT_URN = ("P1", "P2", "P3", "H5", "R1", "R2", "R5", "Z1", "T0", "T1", "T2", "T3", "T4")
_MOVE_REASONS = {
    "CARPL": 0.4, "CREQB": 0.2, "CREQO": 0.12, "CHILD": 0.08, "LAREQ": 0.06, "CLOSE": 0.05,
    "ALLEG": 0.03, "STAND": 0.03, "OTHER": 0.03,
}  # fmt: skip
_FIRST_ORDERS = {"V2": 0.5, "C1": 0.3, "L1": 0.1, "L2": 0.1}
_NEEDS = {"N1": 0.8, "N2": 0.03, "N3": 0.04, "N4": 0.04, "N5": 0.05, "N6": 0.03, "N8": 0.01}
_SAME_CARER_CODES_FROM = dt.date(2015, 4, 1)
_MISSING_COLLECTED_FROM = dt.date(2014, 4, 1)

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

    Args:
        stays: periods in care, as ``population.simulate`` returned them.
        rng: the source of chance.
        quotas: how many children had three or more placements in each year.
        years: the years simulated, by year end.

    Raises:
        CalibrationError: if too few children are in care long enough to have three placements.
    """
    horizon = ReportingYear(years[-1]).last_day
    plans = [_Plan(stay, stay.end or horizon, _plan_adoption(rng, stay)) for stay in stays]
    for year_end in years:
        _plan_moves(rng, plans, ReportingYear(year_end), quotas)
    return [_live(rng, plan) for plan in plans]


def _plan_adoption(rng: random.Random, stay: Stay) -> Adoption | None:
    if stay.reason_ended not in ("E11", "E12") or stay.end is None:
        return None
    length = (stay.end - stay.start).days
    moved_in = days_after(stay.end, -min(rng.randint(150, 320), length * 2 // 5))
    until_moved = (moved_in - stay.start).days
    order = days_after(moved_in, -min(rng.randint(90, 200), until_moved // 2))
    decided = days_after(order, -rng.randint(7, 40))
    adopters, status = rng.choice(
        (("MF", "L11"), ("MF", "L11"), ("MF", "L3"), ("MM", "L2"), ("FF", "L12"), ("F1", "L0"))
    )
    return Adoption(
        decided=max(decided, days_after(stay.start, 7)),
        order_to_place=order,
        matched=day_between(rng, days_after(order, 5), days_after(moved_in, -10)),
        moved_in=moved_in,
        by_foster_carer=moved_in >= _SAME_CARER_CODES_FROM and rng.random() < 0.2,
        adopters=adopters,
        legal_status_of_adopters="L2" if adopters == "FF" and moved_in.year < 2015 else status,
    )


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
    plans_by_stay = {(plan.stay.person.number, plan.stay.start): plan for plan in plans}
    here = [plan for plan in plans if plan.stay.in_care_on(year.last_day)]
    often = _who_moves_often(
        rng, here, year, quotas.find("three_or_more_placements", year.year_end)
    )
    for plan in plans_by_stay.values():
        window = _window_for_moves(plan, year)
        if window is None:
            continue
        fixed = _move_of_adoption(plan, year)
        if (plan.stay.person.number, plan.stay.start) in often:
            wanted = rng.choices((2, 3, 4), (0.7, 0.22, 0.08))[0] - fixed
        elif plan.stay.in_care_on(year.last_day):
            wanted = 1 - fixed if rng.random() < _chance_of_a_move(plan, year) else 0
        else:
            wanted = rng.choices((0, 1, 2), (0.7, 0.23, 0.07))[0]
        plan.moves.extend(_date_moves(rng, window, max(0, wanted)))


def _chance_of_a_move(plan: _Plan, year: ReportingYear) -> float:
    """The settled move seldom."""
    settled = (year.first_day - plan.stay.start).days > 730
    return 0.14 if settled else 0.33


def _who_moves_often(
    rng: random.Random, here: list[_Plan], year: ReportingYear, wanted: int | None
) -> set[tuple[int, dt.date]]:
    """The children who will have had three or more placements in the year to 31 March."""
    could = {}
    for plan in here:
        window = _window_for_moves(plan, year)
        if window and (window[1] - window[0]).days >= _DAYS_FOR_THREE_PLACEMENTS:
            could[plan.stay.person.number, plan.stay.start] = plan.stay
    wanted = round(len(here) * 0.1) if wanted is None else wanted
    if len(could) < wanted:
        raise CalibrationError(
            f"{wanted} children with three or more placements wanted in the year to March "
            f"{year.year_end}, {len(could)} are in care long enough"
        )
    chosen = draw_without_return(
        rng, could.values(), wanted, lambda stay: 1 + age_on(stay.person.born, year.last_day) / 4
    )
    return {(stay.person.number, stay.start) for stay in chosen}


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
    """Write a plan down as the episodes, reviews and absences of a stay."""
    changes = _placements(rng, plan)
    orders = _orders(rng, plan)
    stay = replace(plan.stay, adoption=plan.adoption)
    stay = replace(stay, episodes=_episodes(stay, changes, orders, _need(rng, stay)))
    return replace(
        stay, reviews=_reviews(rng, stay, plan.until), absences=_absences(rng, stay, plan.until)
    )


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


def _placements(rng: random.Random, plan: _Plan) -> list[_Change]:
    """Where the child lives from when, first placement included."""
    stay = plan.stay
    born = stay.person.born
    changes = [_Change(stay.start, _new_placement(rng, _draw_place(rng, born, stay.start)))]
    for day in sorted(plan.moves):
        placement = _new_placement(rng, _draw_place(rng, born, day))
        changes.append(_Change(day, placement, reason=weighted(rng, _MOVE_REASONS)))
    if plan.adoption is not None:
        changes = _with_adopters(rng, changes, plan.adoption)
    return _with_time_away(rng, plan.until, _with_long_term(rng, plan.until, changes))


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
    earliest = max(days_after(last.day, 240), days_after(_SAME_CARER_CODES_FROM, 20))
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


def _reviews(rng: random.Random, stay: Stay, until: dt.date) -> tuple[Review, ...]:
    """Reviews as they fall due: four weeks, three months, then every six months; a few late."""
    reviews: list[Review] = []
    due, step = days_after(stay.start, 26), 88
    while True:
        held = days_after(due, rng.randint(1, 30) if rng.random() < 0.02 else -rng.randint(0, 8))
        if held >= until:
            return tuple(reviews)
        reviews.append(Review(held, _participation(rng, age_on(stay.person.born, held))))
        due, step = days_after(held, step), 180


def _participation(rng: random.Random, age: int) -> str:
    if age < 4:
        return "PN0"
    return weighted(rng, {"PN1": 0.5, "PN2": 0.08, "PN3": 0.06, "PN4": 0.03, "PN5": 0.1,
                          "PN6": 0.19, "PN7": 0.04})  # fmt: skip


def _absences(rng: random.Random, stay: Stay, until: dt.date) -> tuple[Absence, ...]:
    """Spells missing or away, of some teenagers."""
    first = max(stay.start, _MISSING_COLLECTED_FROM, birthday(stay.person.born, 12))
    last = days_after(until, -12)
    if first >= last or rng.random() > 0.3:
        return ()
    absences: list[Absence] = []
    day = first
    while True:
        day = days_after(day, 3 + int(rng.expovariate(1 / 90)))
        back = days_after(day, rng.choices((0, 1, 2, 3, 6), (0.45, 0.3, 0.12, 0.08, 0.05))[0])
        if back >= last:
            return tuple(absences)
        absences.append(Absence("M" if rng.random() < 0.8 else "A", day, back))
        day = back
