"""What an authority pays for the children it looks after.

Every night with foster carers, in a home or in supported lodgings is paid for, from the day a child
comes to the day before it leaves; days away that end where they began are paid too. Each year's
payments of a kind add up to the printed outturn, or else to the printed weekly cost times the weeks
bought. Money is counted in pence.
"""

import datetime as dt
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from demo.calendar import ReportingYear, age_on, days_after
from demo.calibration import Quotas
from demo.lives import Borough
from demo.providers import Living, category, livings

_PAID = ("in_house_fostering", "pvi_fostering", "residential", "secure", "supported", "other")
_RELATIVES = ("U1", "U2", "U3")
_KIND = {
    "pvi_fostering": "agency", "residential": "residential", "secure": "residential",
    "supported": "agency", "other": "residential",
}  # fmt: skip
_DAYS_OF_A_WEEK = 7
_PENCE = 100
_SHARE_WITH_FEE = 0.5
# What an allowance is at an age, against the mean of all.
_ALLOWANCE_BY_AGE = ((4, 0.88), (10, 0.97), (15, 1.1), (17, 1.26))
_SECURE, _SCHOOL = 1.6, 0.85
_SHARE_OF_EDUCATION, _SHARE_OF_HEALTH, _CHANCE_OF_HEALTH = 0.4, 0.15, 0.2


@dataclass(frozen=True)
class Payment:
    """What was paid for one child's nights with one carer in one month, in pence.

    ``end`` is the last night paid for; ``kind`` is the payment type of the return.
    """

    child_id: str
    category: str
    kind: str
    supplier_id: str
    supplier_name: str
    start: dt.date
    end: dt.date
    weekly_rate: int
    amount: int
    health: int
    education: int


@dataclass(frozen=True)
class _Priced:
    """A time with carers and what it costs, against the mean of its kind."""

    living: Living
    level: float
    health_share: float = 0.0
    education_share: float = 0.0


def payments(borough: Borough, years: Iterable[int], quotas: Quotas) -> Iterator[list[Payment]]:
    """The payments of each year, in order of month, child and day.

    Args:
        borough: the children and their lives.
        years: the years wanted, by year end.
        quotas: weekly costs by kind of placement, and what was spent where that is known.
    """
    everyone = [one for stay in borough.stays if not stay.is_short_breaks for one in livings(stay)]
    everyone = [one for one in everyone if category(one.placement) in _PAID]
    suppliers = _suppliers(everyone)
    for year_end in years:
        year = ReportingYear(year_end)
        here = [one for one in everyone if one.nights_in(year)]
        paid = [
            payment
            for kind, priced, total in _kinds(borough, here, year, quotas)
            for payment in _monthly(kind, priced, total, year, suppliers)
        ]
        paid.sort(
            key=lambda one: (one.start.year, one.start.month, one.child_id, one.start, one.kind)
        )
        yield paid


def _suppliers(everyone: Sequence[Living]) -> dict[str, tuple[str, str]]:
    """The number and name of every carer, by postcode."""
    known: dict[str, tuple[str, str]] = {}
    own = 0
    for one in sorted(everyone, key=lambda one: (one.start, one.stay.person.number)):
        placement = one.placement
        kind = category(placement)
        if placement.postcode in known:
            continue
        if kind == "in_house_fostering":
            own += 1
            known[placement.postcode] = f"ZZC{own:05d}", f"Demo carer {own}"
        else:
            name = "agency" if _KIND.get(kind) == "agency" else "home"
            number = placement.urn.removeprefix("ZZ") or "00000"
            letter = "A" if name == "agency" else "H"
            known[placement.postcode] = f"ZZ{letter}{number}", f"Demo {name} {int(number)}"
    return known


def _dice(borough: Borough, one: Living, what: str) -> random.Random:
    key = f"{borough.seed}:{one.stay.person.child_id}:{one.start}:{what}"
    return random.Random(key)  # noqa: S311


def _kinds(
    borough: Borough, here: Sequence[Living], year: ReportingYear, quotas: Quotas
) -> Iterator[tuple[str, list[_Priced], int]]:
    """Each kind of payment with the times it is for, and what it adds up to in a year."""
    by_category: dict[str, list[Living]] = {name: [] for name in _PAID}
    for one in here:
        by_category[category(one.placement)].append(one)
    in_house = by_category["in_house_fostering"]
    allowances = _cost_of(in_house, "in_house_allowance", year, quotas)
    spent = quotas.find("placement_spend", year.year_end, "in_house_fostering")
    fees = None if spent is None else spent * _PENCE - allowances
    yield "allowance", [_Priced(one, _allowance(one, year)) for one in in_house], allowances
    with_fee = _paid_a_fee(borough, in_house, year, quotas, fees)
    if fees is None:
        fees = _cost_of(with_fee, "in_house_fee", year, quotas)
    yield "fee", [_Priced(one, _price(borough, one)) for one in with_fee], fees
    residential = [*by_category["residential"], *by_category["secure"]]
    for name, group in (
        ("pvi_fostering", by_category["pvi_fostering"]),
        ("residential", residential),
        ("supported", by_category["supported"]),
        ("other", by_category["other"]),
    ):
        spent = quotas.find("placement_spend", year.year_end, name)
        total = _cost_of(group, name, year, quotas) if spent is None else spent * _PENCE
        yield _KIND[name], [_priced(borough, one) for one in group], total


def _cost_of(group: Sequence[Living], name: str, year: ReportingYear, quotas: Quotas) -> int:
    """The weekly cost of a kind times the weeks of a year."""
    nights = sum(one.nights_in(year) for one in group)
    rate = quotas.get("weekly_cost", year.year_end, name) * _PENCE
    return round(rate * nights / _DAYS_OF_A_WEEK)


def _paid_a_fee(
    borough: Borough,
    in_house: Sequence[Living],
    year: ReportingYear,
    quotas: Quotas,
    fees: int | None,
) -> list[Living]:
    """The times whose carers are paid a fee besides: so many that the mean fee is the printed one.

    Relatives are not; who is stays the same from year to year but for a few.
    """
    could = [one for one in in_house if one.placement.place not in _RELATIVES]
    could.sort(key=lambda one: _dice(borough, one, "fee").random())
    if fees is None:
        left = round(_SHARE_WITH_FEE * sum(one.nights_in(year) for one in in_house))
    else:
        rate = quotas.get("weekly_cost", year.year_end, "in_house_fee") * _PENCE
        left = round(fees * _DAYS_OF_A_WEEK / rate)
    chosen = []
    for one in could:
        if one.nights_in(year) <= left:
            chosen.append(one)
            left -= one.nights_in(year)
    return chosen


def _allowance(one: Living, year: ReportingYear) -> float:
    age = age_on(one.stay.person.born, max(one.start, year.first_day))
    return next(level for oldest, level in _ALLOWANCE_BY_AGE if age <= oldest)


def _price(borough: Borough, one: Living) -> float:
    return math.exp(_dice(borough, one, "price").gauss(0, 0.1))


def _priced(borough: Borough, one: Living) -> _Priced:
    """A bought placement; education pays for school, health for some homes."""
    place, level = one.placement.place, _price(borough, one)
    if place == "K1":
        return _Priced(one, level * _SECURE)
    if place == "S1":
        return _Priced(one, level * _SCHOOL, education_share=_SHARE_OF_EDUCATION)
    if place == "K2" and _dice(borough, one, "health").random() < _CHANCE_OF_HEALTH:
        return _Priced(one, level, health_share=_SHARE_OF_HEALTH)
    return _Priced(one, level)


def _monthly(
    kind: str,
    priced: Sequence[_Priced],
    total: int,
    year: ReportingYear,
    suppliers: Mapping[str, tuple[str, str]],
) -> Iterator[Payment]:
    """One payment for each time and month; together the total, to the penny."""
    weight = sum(one.level * one.living.nights_in(year) for one in priced)
    # What has been paid so far is rounded, not each payment, so that no penny is lost.
    exact, paid = 0.0, 0
    months = list(_months(year))
    for one in priced:
        living = one.living
        nightly = total * one.level / weight
        for first, last in months:
            if living.start > last or (living.end is not None and living.end <= first):
                continue
            nights = living.nights(first, last)
            exact += nightly * nights
            amount = round(exact) - paid
            paid += amount
            start = max(living.start, first)
            yield Payment(
                living.stay.person.child_id,
                category(living.placement),
                kind,
                *suppliers[living.placement.postcode],
                start,
                days_after(start, nights - 1),
                round(nightly * _DAYS_OF_A_WEEK),
                amount,
                round(amount * one.health_share),
                round(amount * one.education_share),
            )


def _months(year: ReportingYear) -> Iterator[tuple[dt.date, dt.date]]:
    """First and last day of each month of a year."""
    first = year.first_day
    while first <= year.last_day:
        following = days_after(first, 32).replace(day=1)
        yield first, days_after(following, -1)
        first = following
