"""How often pupils are absent from school, and who is excluded.

Absence is a rate for each pupil and school year; the sessions of a term follow from it. Those
persistently absent are so by a wide margin, and the others are not by as wide a one, so the
number does not hang on how the terms of a year are put together.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.calendar import days_after
from demo.calibration import CalibrationError, Quotas
from demo.margins import Flags, Floats, Ints, counts_with_share
from demo.pupils import LAST_COMPULSORY_GROUP, SUMMERS, Pupils, base_of_looked_after

FIRST_SECONDARY_GROUP = 7

POSSIBLE = {"autumn": 140, "spring": 120, "summer": 110}
"""Half-days of school in each term."""

REASONS = ("PP", "PA", "VP", "VA", "BU", "RA", "SM", "DA", "DM", "TH", "DB", "OT")

_LEAST, _OTHERS, _MOST_LAST_YEAR = (
    {2008: 0.30, 2011: 0.25, 2016: 0.17},
    {2008: 0.07, 2011: 0.06, 2016: 0.04},
    {2008: 0.29, 2011: 0.25, 2016: 0.18},
)
"""By the year from which a threshold holds (20, 15 and 10 % of sessions): the least rate of those
persistently absent, the greatest of the others, and the greatest shown for the year before."""

_LEAST_OF_LOOKED_AFTER, _OTHER_LOOKED_AFTER = 0.25, 0.02
_NATURAL = {"primary": 0.02, "secondary": 0.062, "special": 0.08, "looked_after": 0.11}
_EXCLUDED_PUPILS, _PERMANENT = 0.016, 16
_LOOKED_AFTER_EXCLUDED = 0.14
_SHARE_IN_AUTUMN = 0.53
"""The others are excluded in spring. Nobody is in summer, which the next year's census tells."""
_TERM_STARTS = {"autumn": (9, 5), "spring": (1, 6)}
_LONGEST_TERM = 70


@dataclass(frozen=True)
class Exclusions:
    """Exclusions of a term, a place in every array each; ``permanent`` ones have no sessions."""

    places: NDArray[np.intp]
    started: NDArray[np.datetime64]
    sessions: Ints
    permanent: Flags
    reasons: NDArray[np.str_]


@dataclass(frozen=True)
class Attendance:
    """Absence and exclusions.

    Attributes:
        rates: share of sessions missed, by pupil and summer.
        persistent: whether persistently absent, by pupil and summer.
        exclusions: by summer and term.
    """

    rates: Floats
    persistent: Flags
    exclusions: Mapping[tuple[int, str], Exclusions]


def simulate_attendance(rng: np.random.Generator, pupils: Pupils, quotas: Quotas) -> Attendance:
    """Draw absence and exclusions of every school year.

    Raises:
        CalibrationError: if a share printed cannot be met.
    """
    shape = (len(pupils.number), len(SUMMERS))
    rates, persistent = np.zeros(shape), np.zeros(shape, dtype=bool)
    leaning = rng.normal(size=shape[0]) + 0.4 * pupils.free_meals + 0.4 * pupils.has_needs()
    exclusions = {}
    for column, summer in enumerate(SUMMERS):
        often = _persistent(rng, pupils, leaning, summer, quotas)
        persistent[:, column] = often
        rates[:, column] = _rates(rng, pupils, often, summer)
        exclusions.update(_exclusions(rng, pupils, leaning, summer, quotas))
    return Attendance(rates, persistent, exclusions)


def rate_of_era(table: Mapping[int, float], summer: int) -> float:
    """The rate that holds in a summer."""
    return table[max(year for year in table if year <= summer)]


def _persistent(
    rng: np.random.Generator, pupils: Pupils, leaning: Floats, summer: int, quotas: Quotas
) -> Flags:
    often = np.zeros(len(leaning), dtype=bool)
    roll = pupils.on_roll(summer)
    group = pupils.group(summer)
    roll = roll[group[roll] <= LAST_COMPULSORY_GROUP]
    base = base_of_looked_after(pupils, summer)
    noisy = leaning + rng.normal(0, 0.6, len(leaning))
    share = quotas.find("looked_after_persistently_absent_in_tenths_of_percent", summer)
    often[_top(noisy, base, _count(len(base), share, _NATURAL["looked_after"]))] = True
    secondary = np.logical_and(group >= FIRST_SECONDARY_GROUP, ~pupils.special)
    phases = {
        "secondary": secondary,
        "special": pupils.special,
        "primary": ~(secondary | pupils.special),
    }
    for phase, members in phases.items():
        here = roll[members[roll]]
        share = quotas.find("persistently_absent_in_tenths_of_percent", summer, phase)
        number = _count(len(here), share, _NATURAL[phase]) - int(often[here].sum())
        others = here[~np.isin(here, base)]
        often[_top(noisy, others, max(0, number))] = True
    return often


def _count(size: int, share: int | None, natural: float) -> int:
    if share is None:
        return round(natural * size)
    counts = counts_with_share(size, share)
    if not counts:
        raise CalibrationError(f"no number of {size} pupils is {share / 10} %")
    return counts[0]


def _top(values: Floats, places: NDArray[np.intp], number: int) -> NDArray[np.intp]:
    return places[np.argsort(-values[places], kind="stable")[:number]]


def _rates(rng: np.random.Generator, pupils: Pupils, often: Flags, summer: int) -> Floats:
    looked_after = np.zeros(len(often), dtype=bool)
    looked_after[base_of_looked_after(pupils, summer)] = True
    least = np.full(len(often), rate_of_era(_LEAST, summer))
    most = np.full(len(often), rate_of_era(_OTHERS, summer))
    least[looked_after] = np.maximum(least[looked_after], _LEAST_OF_LOOKED_AFTER)
    most[looked_after] = np.minimum(most[looked_after], _OTHER_LOOKED_AFTER)
    seldom = most * rng.beta(1.6, 1.4, len(often))
    much = least + 0.15 * rng.beta(1, 2.5, len(often))
    return np.where(often, much, seldom)


def sessions_missed(attendance: Attendance, summer: int, term: str) -> Ints:
    """Half-days every pupil missed in a term of a school year.

    The summer term before the first school year is like that year's.
    """
    column = max(0, SUMMERS.index(summer)) if summer in SUMMERS else 0
    rate = attendance.rates[:, column]
    if term == "summer":
        rate = np.minimum(rate, rate_of_era(_MOST_LAST_YEAR, max(summer, SUMMERS[0])))
    exact = rate * POSSIBLE[term]
    often = attendance.persistent[:, column]
    return np.where(often, np.ceil(exact), np.floor(exact)).astype(np.int64)


def _exclusions(
    rng: np.random.Generator, pupils: Pupils, leaning: Floats, summer: int, quotas: Quotas
) -> dict[tuple[int, str], Exclusions]:
    roll = pupils.on_roll(summer)
    group = pupils.group(summer)[roll]
    base = base_of_looked_after(pupils, summer)
    ever: Flags = np.asarray(pupils.looked_after.any(axis=1))
    others = roll[(group >= 3) & (group <= LAST_COMPULSORY_GROUP) & ~np.isin(roll, base)]
    noisy = leaning + 0.25 * pupils.group(summer) + rng.normal(0, 1.2, len(leaning))
    number = round(_EXCLUDED_PUPILS * len(roll))
    excluded = _top(noisy, others, number)
    share = quotas.find("looked_after_excluded_in_tenths_of_percent", summer)
    shuffled = rng.permutation(base)
    excluded = np.concatenate(
        [excluded, shuffled[: _count(len(base), share, _LOOKED_AFTER_EXCLUDED)]]
    )
    places = np.repeat(excluded, rng.geometric(0.55, len(excluded)))
    in_autumn: Flags = rng.random(len(places)) < _SHARE_IN_AUTUMN
    permanent = quotas.find("permanent_exclusions", summer)
    if permanent is None:
        permanent = round(_PERMANENT * len(roll) / 27000)
    is_secondary = pupils.group(summer)[excluded] >= FIRST_SECONDARY_GROUP
    secondary = excluded[np.logical_and(is_secondary, ~ever[excluded])]
    gone = rng.permutation(secondary)[:permanent]
    if len(gone) < permanent:
        raise CalibrationError(f"{permanent} permanent exclusions wanted")
    return {
        (summer, "autumn"): _of_term(
            rng, summer, "autumn", places[in_autumn], gone[: permanent // 2]
        ),
        (summer, "spring"): _of_term(
            rng, summer, "spring", places[~in_autumn], gone[permanent // 2 :]
        ),
    }


def _of_term(
    rng: np.random.Generator,
    summer: int,
    term: str,
    fixed: NDArray[np.intp],
    gone: NDArray[np.intp],
) -> Exclusions:
    places = np.concatenate([fixed, gone])
    month, day = _TERM_STARTS[term]
    first = dt.date(summer - 1 if term == "autumn" else summer, month, day)
    days = [
        days_after(first, int(number)) for number in rng.integers(0, _LONGEST_TERM, len(places))
    ]
    # Nobody is excluded at the weekend.
    started = [days_after(one, -2) if one.weekday() > 4 else one for one in days]
    permanent = np.arange(len(places)) >= len(fixed)
    return Exclusions(
        places,
        np.array(started, dtype="datetime64[D]"),
        2 * rng.integers(1, 11, len(places)),
        permanent,
        rng.choice(list(REASONS), len(places)),
    )
