"""In which school year looked-after children are born, where the documents say how many there were.

``population`` draws dates of birth by age on 31 March; school years turn on 1 September. Here some
dates of birth move, by as little as need be, so that enough looked-after children end a key stage
in the years whose results were published. Nothing that the other quotas count changes: not the age
band at the start, at the end or on any 31 March in care, nor who is there on 31 July 2017.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from demo import identity
from demo.calendar import ReportingYear, age_on, birthday, days_after, year_of
from demo.calibration import START_BANDS, STOCK_BANDS, CalibrationError, Quotas
from demo.lives import Person, Stay

KEY_STAGES: Mapping[str, int] = {"key_stage_2": 6, "key_stage_4": 11}
"""The year group each key stage ends with."""

_BY_LENGTH = ("twelve_months", "shorter")
_SNAPSHOT = dt.date(2017, 7, 31)
_ADOPTED = ("E11", "E12")
_TRIES = 24
_FARTHEST = 650
"""Days from the middle of a school year beyond which nobody is moved into it."""
_MINORITY = "MOTH"


def reception_summer(born: dt.date) -> int:
    """The calendar year in whose summer a child ends reception, the school year it turns five."""
    return born.year + (6 if born.month >= 9 else 5)


def born_between(summer: int, year_group: int) -> tuple[dt.date, dt.date]:
    """First and last date of birth of those in a year group (0 is reception) in a summer."""
    year = summer - year_group - 6
    return dt.date(year, 9, 1), dt.date(year + 1, 8, 31)


def twelve_months(stay: Stay, summer: int) -> bool:
    """Whether someone looked after on 31 March had been so since 1 April the year before."""
    return stay.start <= ReportingYear(summer).first_day


@dataclass(frozen=True)
class _Cohort:
    """Looked-after children who end a key stage in a summer, by how long they were in care."""

    summer: int
    key_stage: str
    length: str

    def counts(self, born: dt.date, stays: Iterable[Stay]) -> bool:
        """Whether a child born on a day would be one of them."""
        if self.summer - reception_summer(born) != KEY_STAGES[self.key_stage]:
            return False
        return self.could_count(stays)

    def could_count(self, stays: Iterable[Stay]) -> bool:
        last_day = ReportingYear(self.summer).last_day
        return any(
            stay.in_care_on(last_day)
            and twelve_months(stay, self.summer) == (self.length == "twelve_months")
            for stay in stays
        )


def settle_school_years(
    la_code: str, stays: Sequence[Stay], quotas: Quotas, years: Iterable[int]
) -> list[Stay]:
    """Move dates of birth until every wanted key stage has its looked-after children.

    Args:
        la_code: the authority, a part of pupil numbers.
        stays: every stay in care, without episodes yet.
        quotas: ``looked_after_at_key_stage_2`` and ``_4`` by summer, of those in care for
            twelve months and of the others; more of them may there be.
        years: the years to look for quotas in.

    Returns:
        The stays, with persons born on other days where that was needed.

    Raises:
        CalibrationError: if too few children could be moved.
    """
    wanted = {
        _Cohort(year, stage, length): number
        for year in years
        for stage in KEY_STAGES
        for length in _BY_LENGTH
        if (number := quotas.find(f"looked_after_at_{stage}", year, length))
    }
    by_child: dict[int, list[Stay]] = {}
    for stay in stays:
        by_child.setdefault(stay.person.number, []).append(stay)
    counts = Counter(
        cohort
        for cohort in wanted
        for own in by_child.values()
        if _has_pupil_number(own) and cohort.counts(own[0].person.born, own)
    )
    for cohort, number in wanted.items():
        _fill(cohort, la_code, by_child, counts, wanted)
        if counts[cohort] < number:
            raise CalibrationError(
                f"{counts[cohort]} of {number} looked-after children wanted at the end of "
                f"{cohort.key_stage} in {cohort.summer}"
            )
        _settle_ethnic_groups(cohort, by_child, quotas, number)
    moved = {number: iter(own) for number, own in by_child.items()}
    return [next(moved[stay.person.number]) for stay in stays]


def _settle_ethnic_groups(
    cohort: _Cohort, by_child: dict[int, list[Stay]], quotas: Quotas, wanted: int
) -> None:
    """Let enough of a cohort be White British, and enough not, where that was printed."""
    minority = quotas.find(
        f"looked_after_not_white_british_at_{cohort.key_stage}", cohort.summer, cohort.length
    )
    if minority is None:
        return
    here = [
        number
        for number, own in sorted(by_child.items())
        if _has_pupil_number(own) and cohort.counts(own[0].person.born, own)
    ]
    others = [number for number in here if by_child[number][0].person.ethnicity != "WBRI"]
    white = [number for number in here if number not in others]
    changed = dict.fromkeys(white[: max(0, minority - len(others))], _MINORITY)
    lacking = wanted - minority - (len(white) - len(changed))
    changed.update(dict.fromkeys(others[: max(0, lacking)], "WBRI"))
    for number, ethnicity in changed.items():
        by_child[number] = [
            replace(stay, person=replace(stay.person, ethnicity=ethnicity))
            for stay in by_child[number]
        ]


def _has_pupil_number(stays: Sequence[Stay]) -> bool:
    return not stays[0].person.is_asylum_seeker


def _fill(
    cohort: _Cohort,
    la_code: str,
    by_child: dict[int, list[Stay]],
    counts: Counter[_Cohort],
    wanted: Mapping[_Cohort, int],
) -> None:
    """Move children into a cohort, those first whose date of birth moves least."""
    possible = []
    for number, own in by_child.items():
        if not _may_move(own, cohort):
            continue
        spare = all(
            counts[other] > wanted[other]
            for other in wanted
            if other.counts(own[0].person.born, own)
        )
        born = _new_birth(own, cohort) if spare else None
        if born is not None:
            possible.append((abs((born - own[0].person.born).days), number, born))
    for _, number, born in sorted(possible):
        own = by_child[number]
        leaves = [other for other in wanted if other.counts(own[0].person.born, own)]
        if counts[cohort] >= wanted[cohort]:
            return
        if any(counts[other] <= wanted[other] for other in leaves):
            continue
        by_child[number] = _born_on(la_code, own, born)
        counts.subtract(leaves)
        counts.update(other for other in wanted if other.counts(born, own))


def _may_move(stays: Sequence[Stay], cohort: _Cohort) -> bool:
    person = stays[0].person
    return (
        _has_pupil_number(stays)
        and person.first_child_born is None
        and cohort.could_count(stays)
        and not cohort.counts(person.born, stays)
        and not any(stay.reason_ended in _ADOPTED for stay in stays)
    )


def _new_birth(stays: Sequence[Stay], cohort: _Cohort) -> dt.date | None:
    """The nearest date of birth in the cohort's school year that changes nothing else."""
    first, last = born_between(cohort.summer, KEY_STAGES[cohort.key_stage])
    born = stays[0].person.born
    step = (last - first).days // _TRIES
    days = [days_after(first, 3 + step * number) for number in range(_TRIES)]
    facts = _facts(stays, born)
    if abs((days[_TRIES // 2] - born).days) > _FARTHEST:
        return None
    for day in sorted(days, key=lambda one: abs((one - born).days)):
        if _keeps_adulthood(stays, born, day) and _facts(_ending_at(stays, day), day) == facts:
            return day
    return None


def _keeps_adulthood(stays: Sequence[Stay], born: dt.date, day: dt.date) -> bool:
    """Whether someone who stays until 18 would turn so in the same year."""
    if not any(stay.end == birthday(born, 18) for stay in stays):
        return True
    return year_of(birthday(born, 18)) == year_of(birthday(day, 18))


def _ending_at(stays: Sequence[Stay], born: dt.date) -> list[Stay]:
    """The stays with those that end at 18 ending at the new 18th birthday."""
    adult = birthday(stays[0].person.born, 18)
    return [replace(stay, end=birthday(born, 18)) if stay.end == adult else stay for stay in stays]


def _facts(stays: Sequence[Stay], born: dt.date) -> list[object]:
    """All that the quotas of looked-after children count of a child."""
    facts: list[object] = []
    for stay in stays:
        facts.append(_band(START_BANDS, born, stay.start))
        facts.append(stay.in_care_on(_SNAPSHOT))
        if stay.end is not None and stay.end != birthday(born, 18):
            facts.append(_band(STOCK_BANDS, born, stay.end))
        last = stay.end.year if stay.end else _SNAPSHOT.year + 2
        for year in range(stay.start.year, last + 1):
            day = ReportingYear(year).last_day
            if stay.in_care_on(day):
                facts.append((year, _band(STOCK_BANDS, born, day)))
    return facts


def _band(bands: Mapping[str, tuple[int, int]], born: dt.date, day: dt.date) -> str:
    age = age_on(born, day)
    return next((name for name, (low, high) in bands.items() if low <= age <= high), "adult")


def _born_on(la_code: str, stays: Sequence[Stay], born: dt.date) -> list[Stay]:
    person: Person = stays[0].person
    moved = replace(person, born=born, upn=identity.upn(la_code, born, person.number))
    return [replace(stay, person=moved) for stay in _ending_at(stays, born)]
