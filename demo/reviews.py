"""Reviews of looked-after children: when they are held, and how the child takes part.

A first review is due four weeks after care began, a second three months after it, and then one
every six months; once a court has authorised adoption, and again when the child lives with the
adopters, they are due sooner. How many children were not reviewed in time in a year, and how many
of those old enough gave their views or came to the review, are quotas.
"""

import datetime as dt
import random
from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace

from demo.calendar import ReportingYear, age_on, days_after, year_of
from demo.calibration import CalibrationError, Quotas
from demo.lives import Review, Stay
from demo.population import weighted

_FIRST, _SECOND, _LATER = 26, 86, 178
"""Days until a review is due, a little less than the rules allow."""
_AFTER_COURT_ORDER = 82
_CHANCE_LATE = 0.02
_YOUNGEST_ASKED = 4
_TOO_YOUNG, _SAID_NOTHING = "PN0", "PN7"
_CAME = {"PN1": 0.8, "PN2": 0.12, "PN3": 0.08}
_SENT_VIEWS = {"PN5": 0.35, "PN6": 0.65}
_USUAL = {"PN1": 0.5, "PN2": 0.08, "PN3": 0.06, "PN4": 0.03, "PN5": 0.1, "PN6": 0.19, "PN7": 0.04}
_MOST_EXTRA = 40
# Months of the years whose quotas are given in parts.
_PARTS = {2018: (("april_to_july", 4, 7), ("august_to_march", 8, 3))}


@dataclass
class _Reviewed:
    """A stay and the days of its reviews, while codes are still to be given."""

    stay: Stay
    until: dt.date
    held: list[dt.date] = field(default_factory=list)


def hold_reviews(
    rng: random.Random, quotas: Quotas, stays: Sequence[Stay], years: Sequence[int]
) -> list[Stay]:
    """Give every stay its reviews.

    Args:
        rng: the source of chance.
        quotas: children not reviewed in time, and how many took part, for years in which that is
            known.
        stays: periods in care with their episodes.
        years: the years simulated, by year end.

    Raises:
        CalibrationError: if no number of reviews gives a share wanted.
    """
    horizon = ReportingYear(years[-1]).last_day
    late = _who_is_reviewed_late(rng, quotas, stays, years)
    reviewed = [
        _Reviewed(stay, until := stay.end or horizon, _days(rng, quotas, stay, until, late))
        for stay in stays
    ]
    codes: dict[tuple[int, dt.date], str] = {}
    for year_end in years:
        for group, first, last in _parts(ReportingYear(year_end)):
            kept = late.get(year_end, set()) | late.get(year_end + 1, set())
            codes |= _take_part(rng, quotas, reviewed, kept, year_end, group, (first, last))
    return [
        replace(
            one.stay,
            reviews=tuple(
                Review(day, codes[one.stay.person.number, day])
                if (one.stay.person.number, day) in codes
                else Review(day, _code(rng, one.stay, day))
                for day in one.held
            ),
        )
        for one in reviewed
    ]


def _parts(year: ReportingYear) -> list[tuple[str, dt.date, dt.date]]:
    if year.year_end not in _PARTS:
        return [("total", year.first_day, year.last_day)]
    august = dt.date(year.year_end - 1, 8, 1)
    return [
        ("april_to_july", year.first_day, days_after(august, -1)),
        ("august_to_march", august, year.last_day),
    ]


def _who_is_reviewed_late(
    rng: random.Random, quotas: Quotas, stays: Sequence[Stay], years: Sequence[int]
) -> dict[int, set[int]]:
    """By year, the numbers of the children in care on 31 March with a review held too late.

    They have been in care for half the year, so that a review falls due well within it, and are
    not on the road to adoption, on which some reviews are early rather than in time.
    """
    late: dict[int, set[int]] = {}
    for year_end in years:
        wanted = quotas.find("not_reviewed_in_time", year_end)
        if wanted is None:
            continue
        year = ReportingYear(year_end)
        october = dt.date(year_end - 1, 10, 1)
        could = [
            stay.person.number
            for stay in stays
            if stay.start < october and stay.in_care_on(year.last_day) and stay.adoption is None
        ]
        if len(could) < wanted:
            raise CalibrationError(f"{wanted} children cannot be reviewed late by {year.last_day}")
        late[year_end] = set(rng.sample(could, wanted))
    return late


def _days(
    rng: random.Random, quotas: Quotas, stay: Stay, until: dt.date, late: dict[int, set[int]]
) -> list[dt.date]:
    """When a child's reviews were held: as they fell due, or some days before; few of them late."""
    held: list[dt.date] = []
    delayed: set[int] = set()
    last, gaps = stay.start, [_FIRST, _SECOND]
    while True:
        due = days_after(last, gaps.pop(0) if gaps else _LATER)
        due, gaps = _brought_forward(stay, last, due, gaps)
        day = days_after(due, -rng.randint(0, 8))
        if _is_late(rng, stay, due, late, delayed):
            day = days_after(due, rng.randint(8, 25))
        day = max(day, days_after(last, 1))
        if day >= until:
            return held
        held.append(day)
        last = day


def _brought_forward(
    stay: Stay, last: dt.date, due: dt.date, gaps: list[int]
) -> tuple[dt.date, list[int]]:
    """The day a review is due on the road to adoption, and the gaps after it."""
    if stay.adoption is None:
        return due, gaps
    authorised = days_after(stay.adoption.order_to_place, _AFTER_COURT_ORDER)
    if last <= stay.adoption.order_to_place < due:
        due = min(due, authorised)
    if last <= stay.adoption.moved_in < due:
        return min(due, days_after(stay.adoption.moved_in, _FIRST)), [_SECOND]
    return due, gaps


def _is_late(
    rng: random.Random,
    stay: Stay,
    due: dt.date,
    late: dict[int, set[int]],
    delayed: set[int],
) -> bool:
    """Whether a review is late: by the year's quota once for each child chosen, else by chance."""
    year = year_of(due)
    if year.year_end not in late:
        return rng.random() < _CHANCE_LATE and (year.last_day - due).days > 40
    is_chosen = stay.person.number in late[year.year_end] and year.year_end not in delayed
    has_room = days_after(year.first_day, 9) <= due <= days_after(year.last_day, -40)
    if not is_chosen or not has_room:
        return False
    delayed.add(year.year_end)
    return True


def _code(rng: random.Random, stay: Stay, day: dt.date) -> str:
    is_asked = age_on(stay.person.born, day) >= _YOUNGEST_ASKED
    return weighted(rng, _USUAL) if is_asked else _TOO_YOUNG


def _take_part(
    rng: random.Random,
    quotas: Quotas,
    reviewed: Sequence[_Reviewed],
    kept: Set[int],
    year_end: int,
    group: str,
    window: tuple[dt.date, dt.date],
) -> dict[tuple[int, dt.date], str]:
    """How the children of four and more took part in the reviews of a year, where that is known.

    The children whose numbers are ``kept`` get no further review, which could bring one of theirs
    that is late back into time.
    """
    views = quotas.find("views_given_in_tenths_of_percent", year_end, group)
    if views is None:
        return {}
    came = quotas.find("reviews_attended_in_tenths_of_percent", year_end, group)
    asked = _reviews_asked(reviewed, window)
    free = [one for one in reviewed if one.stay.person.number not in kept]
    for one in _could_have_one_more(free, window)[: _MOST_EXTRA + 1]:
        if _whole_number(views, len(asked)) is not None:
            break
        extra = _one_more(one, window)
        one.held = sorted([*one.held, extra])
        asked.append((one.stay.person.number, extra))
    gave = _whole_number(views, len(asked))
    if gave is None:
        raise CalibrationError(f"no number of {len(asked)} reviews is {views / 10} %")
    attended = round(gave * 0.6) if came is None else round(came * len(asked) / 1000)
    shuffled = rng.sample(asked, len(asked))
    codes = [weighted(rng, _CAME) for _ in range(attended)]
    codes += [weighted(rng, _SENT_VIEWS) for _ in range(gave - attended)]
    codes += [_SAID_NOTHING] * (len(asked) - gave)
    return dict(zip(shuffled, codes, strict=True))


def _reviews_asked(
    reviewed: Sequence[_Reviewed], window: tuple[dt.date, dt.date]
) -> list[tuple[int, dt.date]]:
    return [
        (one.stay.person.number, day)
        for one in reviewed
        for day in one.held
        if window[0] <= day <= window[1] and age_on(one.stay.person.born, day) >= _YOUNGEST_ASKED
    ]


def _could_have_one_more(
    reviewed: Sequence[_Reviewed], window: tuple[dt.date, dt.date]
) -> list[_Reviewed]:
    """Stays in which a review more can be held some weeks after one of the usual ones."""
    return [
        one
        for one in reviewed
        if (day := _one_more(one, window)) < min(one.until, window[1])
        and day > window[0]
        and age_on(one.stay.person.born, day) > _YOUNGEST_ASKED
    ]


def _one_more(one: _Reviewed, window: tuple[dt.date, dt.date]) -> dt.date:
    """Three weeks after the last review that allows it."""
    days = [day for day in one.held if window[0] <= day <= days_after(window[1], -25)]
    return days_after(days[-1], 21) if days else dt.date.max


def _whole_number(tenths_of_percent: int, count: int) -> int | None:
    """How many of a number of reviews are a percentage to one decimal, if any are."""
    if count == 0:
        return None
    part = (2 * tenths_of_percent * count + 1000) // 2000
    return part if (2000 * part + count) // (2 * count) == tenths_of_percent else None
