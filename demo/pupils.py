"""The pupils of a borough's schools: who they are, and when they are on roll.

Children known to social care are among them, with the pupil number, date of birth, sex and ethnic
group they have in every other return; the rest are drawn in bulk. What pupils reach and how often
they are absent is not decided here (see ``attainment`` and ``attendance``).

Looked-after children taught in another authority's schools are ``away``: they are in no return of
this borough's schools. How many is not known; where a document prints a share of looked-after
pupils, as many are away as leave a number of which that share can be taken.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo import identity
from demo.calendar import ReportingYear
from demo.calibration import CalibrationError, Quotas
from demo.lives import Borough, Person, Stay
from demo.margins import Flags, Ints, counts_with_share
from demo.school_years import KEY_STAGES, born_between, reception_summer, twelve_months

SUMMERS = range(2008, 2019)
"""The school years there are returns of, by the summer they end in."""

LAST_COMPULSORY_GROUP = 11
LAST_GROUP = 13

ETHNICITIES = (
    "WBRI", "WOTH", "WIRI", "WROM", "MWBC", "MWBA", "MWAS", "MOTH", "AIND", "APKN", "ABAN", "AOTH",
    "BCRB", "BAFR", "BOTH", "CHNE", "OOTH", "NOBT", "REFU", "WIRT",
)  # fmt: skip
"""Codes a pupil's ethnic group is stored by, as places in this list."""

SEN_STAGES = ("N", "A", "P", "S")
"""Stages of support a pupil's needs are stored by, as places in this list."""

PRIMARY_SCHOOLS, SECONDARY_SCHOOLS, SPECIAL_SCHOOLS = 33, 12, 5

_YEAR_GROUP = 2100
_FIRST_RECEPTION, _LAST_RECEPTION = 1994, 2018
_WEIGHTS = {
    "WBRI": 0.825, "WOTH": 0.035, "WIRI": 0.004, "WROM": 0.002, "WIRT": 0.001, "MWBC": 0.01,
    "MWBA": 0.007, "MWAS": 0.009, "MOTH": 0.008, "AIND": 0.007, "APKN": 0.006, "ABAN": 0.007,
    "AOTH": 0.005, "BCRB": 0.003, "BAFR": 0.019, "BOTH": 0.002, "CHNE": 0.011, "OOTH": 0.012,
    "NOBT": 0.022, "REFU": 0.005,
}  # fmt: skip
_FREE_MEALS = {"others": 0.13, "known": 0.38}
_NEEDS = {"others": 0.165, "known": 0.3}
_SPECIAL_OF_STATEMENTED = 0.4
_STATEMENTED, _ACTION, _ACTION_PLUS = 0.188, 0.503, 0.309
_JOINS_LATE = 0.05
_STAYS_TO_12, _STAYS_TO_13 = 0.53, 0.42
_AWAY = 0.12


@dataclass(frozen=True)
class Pupils:
    """All who were ever pupils in the years of the returns, one place in every array each.

    Attributes:
        known: how many are known to social care; they come first.
        number: the child's number in the borough.
        upn: pupil number, as bytes.
        born: date of birth.
        female: sex.
        ethnicity: place in ``ETHNICITIES``.
        postcode: of home, as bytes.
        reception: the summer at the end of reception.
        joined: first year group at a school of the borough, 0 for reception.
        last_group: last year group there, 11 to 13.
        free_meals: whether free school meals may be had.
        needs: place in ``SEN_STAGES``.
        special: whether taught in a special school.
        primary: number of the primary school, from 0.
        secondary: number of the secondary school, from 0.
        away: whether taught elsewhere, by place and summer.
        looked_after: whether looked after on 31 March, by place and summer.
        twelve_months: whether looked after for the twelve months before, by place and summer.
    """

    known: int
    number: Ints
    upn: NDArray[np.bytes_]
    born: NDArray[np.datetime64]
    female: Flags
    ethnicity: NDArray[np.int8]
    postcode: NDArray[np.bytes_]
    reception: NDArray[np.int16]
    joined: NDArray[np.int8]
    last_group: NDArray[np.int8]
    free_meals: Flags
    needs: NDArray[np.int8]
    special: Flags
    primary: NDArray[np.int16]
    secondary: NDArray[np.int16]
    away: Flags
    looked_after: Flags
    twelve_months: Flags

    def on_roll(self, summer: int) -> NDArray[np.intp]:
        """The places of those on roll in a school year."""
        group = self.group(summer)
        there = (group >= self.joined) & (group <= self.last_group)
        return np.flatnonzero(there & ~self.away[:, SUMMERS.index(summer)])

    def group(self, summer: int) -> Ints:
        """Year group of everyone in a school year; 0 is reception, and none is left out."""
        group: Ints = (summer - self.reception).astype(np.int64)
        return group

    def in_results(self, summer: int, group: int) -> NDArray[np.intp]:
        """The places of those whose results count at the end of a year group."""
        there = self.on_roll(summer)
        counted: NDArray[np.intp] = there[
            (self.group(summer)[there] == group) & ~self.special[there]
        ]
        return counted

    def has_needs(self) -> Flags:
        """Whether a pupil has special educational needs of any stage."""
        return self.needs > 0


def simulate_pupils(borough: Borough, rng: np.random.Generator, quotas: Quotas) -> Pupils:
    """Draw every pupil of a borough.

    Args:
        borough: its children in care and in need, and its size.
        rng: the source of chance.
        quotas: how many looked-after children have results, in which shares they are absent or
            excluded, and pupils by stage of special educational needs.

    Raises:
        CalibrationError: if there are too few looked-after children.
    """
    known = _known_children(borough)
    pupils = _draw(borough, rng, known)
    place_of = {int(number): place for place, number in enumerate(pupils.number[: len(known)])}
    _mark_looked_after(pupils, borough.stays, place_of)
    for summer in SUMMERS:
        _choose_away(rng, pupils, summer, quotas)
    _give_needs_to_looked_after(rng, pupils, quotas)
    return pupils


def _known_children(borough: Borough) -> list[Person]:
    """Children of social care with a pupil number, in order of their number."""
    people = {stay.person.number: stay.person for stay in borough.stays}
    people.update((case.person.number, case.person) for case in borough.cases)
    return [
        person
        for _, person in sorted(people.items())
        if not person.is_asylum_seeker
        and _FIRST_RECEPTION <= reception_summer(person.born) <= _LAST_RECEPTION
    ]


def _draw(borough: Borough, rng: np.random.Generator, known: Sequence[Person]) -> Pupils:
    """Everyone, known children first."""
    born, reception = _births(borough, rng, known)
    size, first = len(born), _first_free_number(borough)
    number = np.concatenate(
        [
            np.array([person.number for person in known], dtype=np.int64),
            np.arange(first, first + size - len(known), dtype=np.int64),
        ]
    )
    is_known = np.arange(size) < len(known)
    ethnicity = rng.choice(
        [ETHNICITIES.index(code) for code in _WEIGHTS], size=size, p=list(_WEIGHTS.values())
    ).astype(np.int8)
    ethnicity[: len(known)] = [ETHNICITIES.index(person.ethnicity) for person in known]
    female = rng.random(size) < 0.49
    female[: len(known)] = [person.sex == "F" for person in known]
    joined = np.where(rng.random(size) < _JOINS_LATE, rng.integers(1, 11, size), 0)
    joined[is_known] = 0
    chance = rng.random(size)
    last = 11 + (chance < _STAYS_TO_12).astype(np.int8) + (chance < _STAYS_TO_13).astype(np.int8)
    needs = _draw_needs(rng, is_known)
    return Pupils(
        known=len(known),
        number=number,
        upn=identity.upns(borough.la_code, born.astype("datetime64[Y]").astype(int) + 1970, number),
        born=born,
        female=female,
        ethnicity=ethnicity,
        postcode=_postcodes(rng, size, known),
        reception=reception,
        joined=joined.astype(np.int8),
        last_group=last.astype(np.int8),
        free_meals=_draw_by_kind(rng, is_known, _FREE_MEALS),
        needs=needs,
        special=(needs == SEN_STAGES.index("S")) & (rng.random(size) < _SPECIAL_OF_STATEMENTED),
        primary=rng.integers(0, PRIMARY_SCHOOLS, size).astype(np.int16),
        secondary=rng.integers(0, SECONDARY_SCHOOLS, size).astype(np.int16),
        away=np.zeros((size, len(SUMMERS)), dtype=bool),
        looked_after=np.zeros((size, len(SUMMERS)), dtype=bool),
        twelve_months=np.zeros((size, len(SUMMERS)), dtype=bool),
    )


def _births(
    borough: Borough, rng: np.random.Generator, known: Sequence[Person]
) -> tuple[NDArray[np.datetime64], NDArray[np.int16]]:
    """Dates of birth, and the summer each ends reception: every year group filled up."""
    receptions = np.array([reception_summer(person.born) for person in known], dtype=np.int16)
    born = [np.array([person.born for person in known], dtype="datetime64[D]")]
    summers = [receptions]
    wanted = round(_YEAR_GROUP * borough.size)
    for summer in range(_FIRST_RECEPTION, _LAST_RECEPTION + 1):
        more = max(0, wanted - int((receptions == summer).sum()))
        first, last = (np.datetime64(day, "D") for day in born_between(summer, 0))
        days = rng.integers(0, int((last - first).astype(int)) + 1, more)
        born.append(first + days.astype("timedelta64[D]"))
        summers.append(np.full(more, summer, dtype=np.int16))
    return np.concatenate(born), np.concatenate(summers)


def _first_free_number(borough: Borough) -> int:
    """The first number free for a pupil whom nobody else knows."""
    numbers = [stay.person.number for stay in borough.stays]
    numbers.extend(case.person.number for case in borough.cases)
    return max(numbers, default=0) // 1000 * 1000 + 20000


def _draw_by_kind(rng: np.random.Generator, is_known: Flags, chances: Mapping[str, float]) -> Flags:
    return rng.random(len(is_known)) < np.where(is_known, chances["known"], chances["others"])


def _draw_needs(rng: np.random.Generator, is_known: Flags) -> NDArray[np.int8]:
    has_needs = _draw_by_kind(rng, is_known, _NEEDS)
    stage = rng.choice([1, 2, 3], size=len(is_known), p=[_ACTION, _ACTION_PLUS, _STATEMENTED])
    return np.where(has_needs, stage, 0).astype(np.int8)


def _postcodes(rng: np.random.Generator, size: int, known: Sequence[Person]) -> NDArray[np.bytes_]:
    """Homes of the known children, and for the others one of some hundred postcodes."""
    letters = "ABDEFGHJLN"
    streets = np.array(
        [
            f"ZZ{district} {sector}{first}{second}"
            for district in range(1, 5)
            for sector in range(1, 10)
            for first in letters[:3]
            for second in letters
        ],
        dtype="S8",
    )
    postcodes = streets[rng.integers(0, len(streets), size)]
    postcodes[: len(known)] = [person.home_postcode.encode() for person in known]
    return postcodes


def _mark_looked_after(pupils: Pupils, stays: Iterable[Stay], place_of: Mapping[int, int]) -> None:
    """Mark who was looked after on each 31 March, and who is adopted and so another child."""
    for stay in stays:
        place = place_of.get(stay.person.number)
        if place is None or stay.is_short_breaks:
            continue
        for column, summer in enumerate(SUMMERS):
            if stay.in_care_on(ReportingYear(summer).last_day):
                pupils.looked_after[place, column] = True
                pupils.twelve_months[place, column] = twelve_months(stay, summer)
            adopted = stay.end if stay.reason_ended in ("E11", "E12") else None
            if adopted is not None and adopted < dt.date(summer, 5, 1):
                pupils.away[place, column] = True


def _choose_away(rng: np.random.Generator, pupils: Pupils, summer: int, quotas: Quotas) -> None:
    """Decide which looked-after children another authority's schools teach."""
    column = SUMMERS.index(summer)
    group = pupils.group(summer)
    of_age = (group >= 0) & (group <= LAST_COMPULSORY_GROUP)
    here = pupils.looked_after[:, column] & of_age
    pupils.away[here & (rng.random(len(here)) < _AWAY), column] = True
    settled = np.zeros(len(here), dtype=bool)
    for stage, last_group in KEY_STAGES.items():
        for length in ("twelve_months", "shorter"):
            wanted = quotas.find(f"looked_after_at_{stage}", summer, length)
            if wanted is None:
                continue
            long = pupils.twelve_months[:, column] == (length == "twelve_months")
            cohort = np.flatnonzero(here & long & (group == last_group))
            chosen = _choose(
                rng,
                pupils,
                cohort,
                wanted,
                quotas.find(f"looked_after_not_white_british_at_{stage}", summer, length),
            )
            pupils.away[cohort, column] = True
            pupils.away[chosen, column] = False
            pupils.special[chosen] = False
            settled[cohort] = True
    _choose_base(rng, pupils, summer, settled, quotas)


def _choose(
    rng: np.random.Generator,
    pupils: Pupils,
    cohort: NDArray[np.intp],
    wanted: int,
    minority: int | None,
) -> NDArray[np.intp]:
    """Some of a cohort, so many of them not White British where that is asked for."""
    if len(cohort) < wanted:
        raise CalibrationError(f"{len(cohort)} of {wanted} looked-after pupils are there")
    shuffled = rng.permutation(cohort)
    if minority is None:
        return shuffled[:wanted]
    other = pupils.ethnicity[shuffled] != ETHNICITIES.index("WBRI")
    if other.sum() < minority or (~other).sum() < wanted - minority:
        raise CalibrationError("too few looked-after pupils are of the ethnic groups wanted")
    return np.concatenate([shuffled[other][:minority], shuffled[~other][: wanted - minority]])


def base_of_looked_after(pupils: Pupils, summer: int) -> NDArray[np.intp]:
    """Pupils looked after for twelve months, of 5 to 15 when the school year began."""
    group = pupils.group(summer)
    column = SUMMERS.index(summer)
    counted = pupils.twelve_months[:, column] & ~pupils.away[:, column]
    return np.flatnonzero(counted & (group >= 1) & (group <= LAST_COMPULSORY_GROUP))


def _choose_base(
    rng: np.random.Generator, pupils: Pupils, summer: int, settled: Flags, quotas: Quotas
) -> None:
    """Leave as many looked-after pupils as the shares printed can be taken of."""
    shares = [
        share
        for measure in ("looked_after_persistently_absent", "looked_after_excluded")
        if (share := quotas.find(f"{measure}_in_tenths_of_percent", summer)) is not None
    ]
    base = base_of_looked_after(pupils, summer)
    size = next(
        (
            size
            for size in range(len(base), 0, -1)
            if all(counts_with_share(size, share) for share in shares)
        ),
        0,
    )
    could_go = base[~settled[base]]
    if len(could_go) < len(base) - size:
        raise CalibrationError("too few looked-after pupils could be taught elsewhere")
    gone = rng.choice(could_go, len(base) - size, replace=False)
    pupils.away[gone, SUMMERS.index(summer)] = True


def _give_needs_to_looked_after(rng: np.random.Generator, pupils: Pupils, quotas: Quotas) -> None:
    """Let as many looked-after pupils with results have special needs as was printed."""
    for summer in SUMMERS:
        column = SUMMERS.index(summer)
        cohort = pupils.in_results(summer, KEY_STAGES["key_stage_4"])
        cohort = cohort[pupils.looked_after[cohort, column]]
        for length in ("twelve_months", "shorter"):
            wanted = quotas.find("looked_after_with_needs_at_key_stage_4", summer, length)
            if wanted is None:
                continue
            long = pupils.twelve_months[cohort, column] == (length == "twelve_months")
            with_needs = rng.permutation(cohort[long])
            if len(with_needs) < wanted:
                raise CalibrationError("too few looked-after pupils to have special needs")
            pupils.needs[with_needs[:wanted]] = 2
            pupils.needs[with_needs[wanted:]] = 0
