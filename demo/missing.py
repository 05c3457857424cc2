"""Children reported missing from home or from care, and the interviews when they come back.

How many times children went missing in each month, how many children that were, what they were to
social care at the time and, of those in care, from where they went, is printed for twelve months.
Everyone is drawn from those of whom it was true all month, so each time agrees with what the other
returns say of that day.
"""

import datetime as dt
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from demo.calendar import ReportingYear, birthday, days_after
from demo.calibration import CalibrationError, Quotas, spread
from demo.lives import Absence, Case, EarlyHelp, Episode, Interview, Missing, Person, Stay
from demo.need import new_person

LOOKED_AFTER, PLAN, BOTH = "LAC", "CPP", "LAC/CPP"
IN_NEED, HELPED_EARLY, ELSEWHERE = "CIN", "Early Help", "Other LA"
STATUSES = (LOOKED_AFTER, PLAN, BOTH, IN_NEED, HELPED_EARLY, ELSEWHERE)
"""What a missing child is to social care, in the words of the log."""

PLACES: Mapping[str, tuple[str, ...]] = {
    "foster": ("U1", "U3", "U4", "U6"),
    "supported": ("H5", "P2"),
    "childrens_home": ("K2",),
}
"""The kinds of placement looked-after children go missing from."""

_YOUNGEST = 10
_LAST_DAY_OF_MONTH_USED, _APART, _WINDOW = 26, 3, 29
_MOST_IN_A_MONTH = 9
_NEIGHBOURS = ("881", "883", "303")
_SHARE_OF_CHILDREN = 0.65
_PARTS = {2018: (("april_to_september", 4, 9), ("october_to_march", 10, 3))}
_REFUSED, _HELD = "Refused", "Held"


@dataclass(frozen=True)
class _Could:
    """Somebody of whom one status held for a whole month, and where the child lived."""

    person: Person
    status: str
    place: str = ""


def simulate_missing(
    la_code: str,
    rng: random.Random,
    quotas: Quotas,
    stays: Sequence[Stay],
    cases: Sequence[Case],
    helped: Sequence[EarlyHelp],
    first_number: int,
    years: Sequence[int],
) -> list[Missing]:
    """All times children were missing, in order.

    Args:
        la_code: the authority.
        rng: the source of chance.
        quotas: times missing by month, status and placement; children by month.
        stays: periods in care, with the absences already known.
        cases: children in need, some with a protection plan.
        helped: children who get early help.
        first_number: the first number free for a child, for children of other authorities.
        years: the years, by year end.

    Raises:
        CalibrationError: if too few children could have been missing in a month.
    """
    by_month = _who_could(stays, cases, helped, years)
    missing: list[Missing] = []
    for year_end in years:
        in_year: list[Missing] = []
        for month in months_of(ReportingYear(year_end)):
            others = [
                _Could(new_person(la_code, rng, first_number + place, birthday(month, -16),
                                  birthday(month, -12)), ELSEWHERE)
                for place in range(_MOST_IN_A_MONTH + 3)
            ]  # fmt: skip
            first_number += len(others)
            could = [*by_month.get(month, ()), *others]
            in_year.extend(_month(rng, quotas, year_end, month, could))
        missing.extend(_interview(rng, quotas, year_end, in_year))
    return sorted(missing, key=lambda one: (one.reported, one.person.number))


def months_of(year: ReportingYear) -> list[dt.date]:
    """The first day of each month of a reporting year."""
    first = year.first_day
    return [dt.date(first.year + (month > 12), (month - 1) % 12 + 1, 1) for month in range(4, 16)]


_Months = dict[dt.date, list[_Could]]


def _who_could(
    stays: Sequence[Stay],
    cases: Sequence[Case],
    helped: Sequence[EarlyHelp],
    years: Sequence[int],
) -> _Months:
    """By month, the children old enough and their status, where it was the same all month."""
    result: _Months = {
        month: [] for year_end in years for month in months_of(ReportingYear(year_end))
    }
    known: dict[int, list[Case]] = {}
    for case in cases:
        known.setdefault(case.person.number, []).append(case)
    _add_looked_after(result, stays, known)
    _add_in_need(result, cases, known, {stay.person.number for stay in stays})
    months = list(result)
    for stretch in helped:
        for month in _covered(stretch.person, stretch.begun, stretch.ended, months):
            result[month].append(_Could(stretch.person, HELPED_EARLY))
    return result


def _add_looked_after(
    result: _Months, stays: Sequence[Stay], known: Mapping[int, Sequence[Case]]
) -> None:
    months = list(result)
    for stay in stays:
        if not stay.is_short_breaks:
            for month in _covered(stay.person, stay.start, stay.end, months):
                one = _looked_after(stay, known.get(stay.person.number, ()), month)
                if one is not None:
                    result[month].append(one)


def _add_in_need(
    result: _Months,
    cases: Sequence[Case],
    known: Mapping[int, Sequence[Case]],
    ever_in_care: set[int],
) -> None:
    months = list(result)
    for case in cases:
        if not case.no_further_action and case.person.number not in ever_in_care:
            for month in _covered(case.person, case.referred, case.closed, months):
                status = _status_in_need(known[case.person.number], month)
                if status:
                    result[month].append(_Could(case.person, status))


def _covered(
    person: Person, start: dt.date, end: dt.date | None, months: Sequence[dt.date]
) -> list[dt.date]:
    """The months all of which lie within a stretch of an older child's life."""
    first = max(start, birthday(person.born, _YOUNGEST), months[0])
    last = min(end or dt.date.max, birthday(person.born, 18))
    if first >= last:
        return []
    begin = max(0, (first.year - months[0].year) * 12 + first.month - months[0].month)
    result = []
    for month in months[begin:]:
        if days_after(month, _WINDOW) >= last:
            break
        if month > first:
            result.append(month)
    return result


def _looked_after(stay: Stay, cases: Sequence[Case], month: dt.date) -> _Could | None:
    end = days_after(month, _WINDOW)
    places = {
        _kind_of(one)
        for one in stay.episodes
        if one.start <= end and (not one.end or one.end >= month)
    }
    away = any(one.start <= end and one.end >= month for one in stay.absences)
    status = _plan_status(cases, month, end)
    if len(places) != 1 or "" in places or away or status is None:
        return None
    return _Could(stay.person, BOTH if status else LOOKED_AFTER, places.pop())


def _kind_of(episode: Episode) -> str:
    return next((kind for kind, codes in PLACES.items() if episode.placement.place in codes), "")


def _plan_status(cases: Sequence[Case], first: dt.date, last: dt.date) -> bool | None:
    """Whether there is a plan on every day, or on none; None when that changes."""
    plans = [case.plan for case in cases if case.plan is not None]
    touching = [
        plan for plan in plans if plan.start <= last and (plan.end is None or plan.end >= first)
    ]
    if not touching:
        return False
    whole = any(plan.start < first and (not plan.end or plan.end > last) for plan in touching)
    return True if whole else None


def _status_in_need(cases: Sequence[Case], month: dt.date) -> str:
    on_plan = _plan_status(cases, month, days_after(month, _WINDOW))
    if on_plan is None:
        return ""
    return PLAN if on_plan else IN_NEED


def _month(
    rng: random.Random, quotas: Quotas, year_end: int, month: dt.date, could: Sequence[_Could]
) -> list[Missing]:
    """The times missing of one month: printed, or about as many as usual in the year."""
    wanted = _wanted(rng, quotas, year_end, month)
    groups: dict[str, list[_Could]] = {}
    for one in could:
        groups.setdefault(one.status + one.place, []).append(one)
    is_printed = quotas.find("missing_children", year_end, _label(month)) is not None
    chosen: dict[str, list[tuple[_Could, int]]] = {}
    both = _who_is_both(rng, wanted, [one for one in could if one.status == BOTH])
    for one, times in both:
        wanted[LOOKED_AFTER + one.place] = wanted.get(LOOKED_AFTER + one.place, 0) - times
    limits = {}
    for group, times in wanted.items():
        able = len(groups.get(group, ()))
        if group == BOTH or times <= 0:
            continue
        least = math.ceil(times / _MOST_IN_A_MONTH)
        if able < least:
            if is_printed:
                raise CalibrationError(f"too few children to be missing in {month}: {group}")
            continue
        limits[group] = (least, min(times, able))
    children = quotas.find("missing_children", year_end, _label(month))
    names = list(limits)
    numbers = [
        min(max(round(wanted[name] * _SHARE_OF_CHILDREN), limits[name][0]), limits[name][1])
        for name in names
    ]
    if children is not None:
        numbers = spread(rng, numbers, [limits[name] for name in names], children - len(both))
    for name, number in zip(names, numbers, strict=True):
        people = rng.sample(groups[name], number)
        times_each = _share_out(rng, wanted[name], number)
        chosen[name] = list(zip(people, times_each, strict=True))
    return [
        one
        for who in (both, *chosen.values())
        for child, times in who
        for one in _times(rng, month, child, times)
    ]


def _label(month: dt.date) -> str:
    return f"{month:%Y-%m}"


def _wanted(rng: random.Random, quotas: Quotas, year_end: int, month: dt.date) -> dict[str, int]:
    """Times missing by status; those of looked-after children by where they live instead."""
    label = _label(month)
    if quotas.find("missing_children", year_end, label) is not None:
        wanted = {
            status: quotas.get("missing_episodes", year_end, f"{label} {status}")
            for status in STATUSES
            if status != LOOKED_AFTER
        }
        for place in PLACES:
            times = quotas.get("missing_from_placement", year_end, f"{label} {place}")
            wanted[LOOKED_AFTER + place] = times
        return wanted
    usual = {
        group: quotas.find("missing_in_a_usual_month", year_end, group) or 0
        for group in (PLAN, IN_NEED, HELPED_EARLY, ELSEWHERE, *(LOOKED_AFTER + p for p in PLACES))
    }
    return {group: round(number * rng.uniform(0.7, 1.3)) for group, number in usual.items()}


def _who_is_both(
    rng: random.Random, wanted: Mapping[str, int], could: Sequence[_Could]
) -> list[tuple[_Could, int]]:
    """Looked-after children with a plan: how often each, within what their placements allow."""
    times = wanted.get(BOTH, 0)
    left = {place: wanted.get(LOOKED_AFTER + place, 0) for place in PLACES}
    chosen: list[tuple[_Could, int]] = []
    shuffled = rng.sample(list(could), len(could))
    for place, one in enumerate(shuffled):
        if times == 0:
            break
        share = math.ceil(times / min(3, len(shuffled) - place))
        often = min(share, left[one.place], _MOST_IN_A_MONTH)
        if often > 0:
            chosen.append((one, often))
            left[one.place] -= often
            times -= often
    if times:
        raise CalibrationError("too few looked-after children with a plan are there to be missing")
    return chosen


def _share_out(rng: random.Random, times: int, number: int) -> list[int]:
    """How often each of some children was missing: at least once, and often for a few."""
    if number == 0:
        return []
    often = [1] * number
    for _ in range(times - number):
        could = [place for place in range(number) if often[place] < _MOST_IN_A_MONTH]
        often[rng.choices(could, [often[place] for place in could])[0]] += 1
    return often


def _times(rng: random.Random, month: dt.date, one: _Could, times: int) -> list[Missing]:
    """Some evenings of a month, days apart; the child is back at most two days later."""
    slots = range(0, _LAST_DAY_OF_MONTH_USED, _APART)
    elsewhere = rng.choice(_NEIGHBOURS) if one.status == ELSEWHERE else ""
    missing = []
    for slot in sorted(rng.sample(slots, times)):
        evening = dt.datetime.combine(days_after(month, slot), dt.time(rng.randint(17, 23)))
        reported = evening + dt.timedelta(minutes=rng.randint(0, 59))
        found = reported + dt.timedelta(minutes=rng.choice((150, 400, 700, 1300, 2100)))
        missing.append(Missing(one.person, reported, found, one.status, elsewhere))
    return missing


def _interview(
    rng: random.Random, quotas: Quotas, year_end: int, missing: list[Missing]
) -> list[Missing]:
    """Offer an interview after every time, and hold so many within three days."""
    result: list[Missing] = []
    for group, first, last in _parts(ReportingYear(year_end)):
        part = [one for one in missing if first <= one.reported.date() <= last]
        share = quotas.find("interviews_within_3_days_in_tenths_of_percent", year_end, group)
        prompt = round((600 if share is None else share) * len(part) / 1000)
        in_time = set(rng.sample(range(len(part)), prompt))
        result.extend(
            replace(one, interview=_talk(rng, one.found.date(), place in in_time))
            for place, one in enumerate(part)
        )
    return result


def _parts(year: ReportingYear) -> list[tuple[str, dt.date, dt.date]]:
    if year.year_end not in _PARTS:
        return [("total", year.first_day, year.last_day)]
    october = dt.date(year.year_end - 1, 10, 1)
    return [
        ("april_to_september", year.first_day, days_after(october, -1)),
        ("october_to_march", october, year.last_day),
    ]


def _talk(rng: random.Random, found: dt.date, is_prompt: bool) -> Interview:
    if is_prompt:
        return Interview(found, days_after(found, rng.randint(0, 2)), _HELD)
    offered = days_after(found, rng.randint(5, 9))
    if rng.random() < 0.4:
        return Interview(offered, None, _REFUSED)
    return Interview(offered, days_after(offered, rng.randint(1, 10)), _HELD)


def with_absences(stays: Sequence[Stay], missing: Sequence[Missing]) -> list[Stay]:
    """Write the times looked-after children were missing into their stays."""
    times: dict[int, list[Missing]] = {}
    for one in missing:
        if one.status in (LOOKED_AFTER, BOTH):
            times.setdefault(one.person.number, []).append(one)
    result = []
    for stay in stays:
        own = [
            Absence("M", one.reported.date(), one.found.date())
            for one in times.get(stay.person.number, ())
            if stay.in_care_on(one.reported.date())
        ]
        absences = sorted([*stay.absences, *own], key=lambda absence: absence.start)
        result.append(replace(stay, absences=tuple(absences)) if own else stay)
    return result
