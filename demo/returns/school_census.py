"""The school census: pupils on roll each term, with absence and exclusions of the term before.

A term's files come in one archive. Only the census of the spring term asks for homes, meals,
travel, kinds of special need and reasons for absence. Pupils at two schools have two rows there.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from demo.attendance import POSSIBLE, Attendance, Exclusions, sessions_missed
from demo.calendar import ReportingYear
from demo.calibration import Quotas
from demo.lives import Borough
from demo.margins import Flags, Ints
from demo.pupils import (
    ETHNICITIES,
    LAST_COMPULSORY_GROUP,
    SEN_STAGES,
    SPECIAL_SCHOOLS,
    SUMMERS,
    Pupils,
)
from demo.returns import File
from demo.returns.bulk import archive, csv_bytes, dates, texts, where
from demo.schooling import Schooling, dice

TERM_BEFORE = {"autumn": "summer", "spring": "autumn", "summer": "spring"}
"""The term whose absence and exclusions each census reports."""

PRIMARY_NUMBER, SECONDARY_NUMBER, SPECIAL_NUMBER, UNIT_NUMBER = 9101, 9401, 9701, 9901
"""Numbers of schools, in ranges no register of schools uses; the last is a pupil referral unit."""

_PLANS_FROM = 2015
_SHARE_OF_PLANS = {2015: 0.2, 2016: 0.5, 2017: 0.85, 2018: 1.0}
_TRAVEL_UNTIL = 2011
_TRAVEL = ("WLK", "PSB", "CYC", "DSB", "TRN")
_TRAVEL_WEIGHTS = (0.74, 0.15, 0.06, 0.03, 0.02)
_BY_CAR = 240
_ACADEMIES_FROM, _ACADEMIES = 2012, 8
_AT_TWO_SCHOOLS = 15
_NEEDS_OF_BEHAVIOUR = "BESD"
_NEEDS = ("MLD", "SPLD", "SLCN", _NEEDS_OF_BEHAVIOUR, "ASD", "HI", "VI", "PD", "OTH", "SLD", "PMLD")
_NEEDS_WEIGHTS = (0.27, 0.16, 0.2, 0.19, 0.07, 0.02, 0.01, 0.03, 0.03, 0.015, 0.005)
_BEHAVIOUR_RENAMED_FROM = 2015
_COLUMNS = (
    "NativeId", "upn", "dob", "sex", "entrydate", "ethnicity", "ncyearactual", "senprovision",
    "postcode", "fsmeligible", "estab", "phase", "schooltype",
)  # fmt: skip


class _Register:
    """What is returned of every pupil alike, worked out once for all censuses."""

    def __init__(self, borough: Borough, schooling: Schooling) -> None:
        self.pupils = pupils = schooling.pupils
        self.attendance: Attendance = schooling.attendance
        rng = dice(borough, "school census")
        size = len(pupils.number)
        self.mode = rng.choice(len(_TRAVEL), size, p=_TRAVEL_WEIGHTS)
        self.plan_turn = rng.random(size)
        self.need = rng.choice(len(_NEEDS), size, p=_NEEDS_WEIGHTS)
        self.second_need = np.where(rng.random(size) < 0.2, rng.integers(0, 5, size), -1)
        self.two_schools = rng.random(size)
        self.by_car = rng.random(size)
        self.fixed = {
            "NativeId": texts(np.char.mod("P%07d", pupils.number).astype("S8")),
            "upn": texts(pupils.upn),
            "dob": texts(dates(pupils.born)),
            "sex": texts(np.where(pupils.female, b"F", b"M")),
            "ethnicity": texts(np.array(ETHNICITIES, dtype="S4")[pupils.ethnicity]),
            "postcode": texts(pupils.postcode),
            "fsmeligible": texts(np.where(pupils.free_meals, b"1", b"0")),
        }

    def school(self, summer: int) -> Ints:
        """The number of everyone's school."""
        pupils = self.pupils
        primary = pupils.group(summer) <= 6
        number = np.where(
            primary, PRIMARY_NUMBER + pupils.primary, SECONDARY_NUMBER + pupils.secondary
        )
        special = SPECIAL_NUMBER + pupils.number % SPECIAL_SCHOOLS
        return np.where(pupils.special, special, number).astype(np.int64)


def files(borough: Borough, years: Iterable[int], quotas: Quotas) -> Iterator[File]:
    """Every archive of the returns: path below the landing zone, and bytes."""
    schooling = borough.schooling
    if schooling is None:
        return
    register = _Register(borough, schooling)
    for year_end in years:
        folder = f"school_census/{borough.la_code}/{ReportingYear(year_end).folder}"
        for term in TERM_BEFORE:
            year = year_end - 1 if term == "autumn" else year_end
            name = f"{year}_{term}"
            members = _census(register, year_end, term, quotas)
            packed = {f"{name}_{table}.csv": content for table, content in members.items()}
            yield f"{folder}/{name}.zip", archive(packed)


def _census(register: _Register, summer: int, term: str, quotas: Quotas) -> dict[str, bytes]:
    """The tables of one census, by the name of their file."""
    pupils = register.pupils
    places = pupils.on_roll(summer)
    group, school = pupils.group(summer)[places], register.school(summer)[places]
    places = places[np.lexsort((pupils.number[places], group, school))]
    rows = np.full(len(pupils.number), 0)
    rows[places] = np.arange(1, len(places) + 1)
    tables = {"pupilonroll": _pupils(register, places, summer, term, quotas)}
    found = register.attendance.exclusions.get((summer, TERM_BEFORE[term]))
    if found is not None:
        tables["termlyexclusionsonroll"] = _exclusions(register, found, rows, summer)
    if term == "spring":
        tables["senneeds"] = _needs(register, places, rows, summer)
        tables["termlysessiondetailsonroll"] = _details(register, places, rows, summer)
    return tables


def _pupils(
    register: _Register, places: NDArray[np.intp], summer: int, term: str, quotas: Quotas
) -> bytes:
    pupils = register.pupils
    twice = _at_two_schools(register, places, summer) if term == "spring" else places[:0]
    rows = np.concatenate([places, twice])
    second = np.arange(len(rows)) >= len(places)
    group = pupils.group(summer)[rows]
    school = np.where(second, UNIT_NUMBER, register.school(summer)[rows])
    columns = {name: column.take(pa.array(rows)) for name, column in register.fixed.items()}
    columns["ncyearactual"] = texts(
        np.array(["R", *(str(number) for number in range(1, 14))], dtype="S2")[group]
    )
    columns["senprovision"] = texts(_provision(register, rows, summer))
    columns["entrydate"] = texts(_entry_dates(pupils, rows, summer))
    columns["estab"] = texts(school)
    columns["phase"] = texts(_phase(school))
    columns["schooltype"] = texts(_school_type(school, summer))
    absence = _absence(register, rows, summer, term, group, second)
    wanted = list(_COLUMNS)
    if term == "spring":
        columns["enrolstatus"] = texts(
            np.where(second, b"S", np.where(np.isin(rows, twice), b"M", b"C"))
        )
        wanted.append("enrolstatus")
        if summer <= _TRAVEL_UNTIL:
            columns["modeoftravel"] = texts(_travel(register, rows, summer, quotas))
            wanted.append("modeoftravel")
    else:
        wanted = [name for name in wanted if name not in {"postcode", "fsmeligible"}]
    return csv_bytes(
        {
            "pupilonrolltableid": texts(np.arange(1, len(rows) + 1)),
            **{name: columns[name] for name in wanted},
            **absence,
        }
    )


def _at_two_schools(register: _Register, places: NDArray[np.intp], summer: int) -> NDArray[np.intp]:
    """A few older pupils who are also taught at the pupil referral unit."""
    pupils = register.pupils
    group = pupils.group(summer)[places]
    could = places[
        (group >= 9)
        & (group <= LAST_COMPULSORY_GROUP)
        & (places >= pupils.known)
        & (pupils.needs[places] == 0)
    ]
    chosen: NDArray[np.intp] = could[np.argsort(register.two_schools[could])[:_AT_TWO_SCHOOLS]]
    return chosen


def _provision(register: _Register, rows: NDArray[np.intp], summer: int) -> NDArray[np.bytes_]:
    """Support for special needs: from 2014/15 plans take the place of statements."""
    needs = register.pupils.needs[rows]
    stage = np.array(SEN_STAGES, dtype="S1")[needs]
    if summer < _PLANS_FROM:
        return stage
    planned = register.plan_turn[rows] < _SHARE_OF_PLANS[summer]
    of_statemented = np.where(planned, b"E", b"S")
    return np.where(stage == b"S", of_statemented, np.where(stage == b"N", b"N", b"K"))


def _entry_dates(pupils: Pupils, rows: NDArray[np.intp], summer: int) -> NDArray[np.bytes_]:
    """The September in which the pupil came to the present school."""
    group = pupils.group(summer)[rows]
    since = np.where(group >= 7, np.maximum(pupils.joined[rows], 7), pupils.joined[rows])
    septembers = np.array([f"05/09/{summer - 1 - years}" for years in range(14)], dtype="S10")
    return septembers[group - since]


def _phase(school: Ints) -> NDArray[np.bytes_]:
    return np.select(
        [school >= UNIT_NUMBER, school >= SPECIAL_NUMBER, school >= SECONDARY_NUMBER],
        [b"alternative provision", b"special", b"secondary"],
        b"primary",
    )


def _school_type(school: Ints, summer: int) -> NDArray[np.bytes_]:
    """Most secondary schools become academies."""
    secondary = (school >= SECONDARY_NUMBER) & (school < SECONDARY_NUMBER + _ACADEMIES)
    is_academy = secondary & (summer >= _ACADEMIES_FROM)
    return np.where(is_academy, b"academy", b"maintained")


def _absence(
    register: _Register,
    rows: NDArray[np.intp],
    summer: int,
    term: str,
    group: Ints,
    second: Flags,
) -> dict[str, pa.Array]:
    """Sessions of the term before, of those who were then of compulsory school age.

    That is from year 1 to year 11. In autumn the term was of the school year before: there are
    none of those who were in reception or not on roll then.
    """
    before = TERM_BEFORE[term]
    year = summer - 1 if term == "autumn" else summer
    missed = sessions_missed(register.attendance, year, before)[rows]
    column = max(0, SUMMERS.index(year)) if year in SUMMERS else 0
    often = register.attendance.persistent[rows, column]
    unauthorised = np.where(often, missed * 2 // 5, missed // 6)
    first_group = 2 if term == "autumn" else 1
    counted = (group >= first_group) & (group <= LAST_COMPULSORY_GROUP) & ~second
    if term == "autumn" and year in SUMMERS:
        counted &= np.isin(rows, register.pupils.on_roll(year))
    possible = texts(np.full(len(rows), POSSIBLE[before]))
    return {
        "termlysessionspossible": where(counted, possible),
        "termlysessionsauthorised": where(counted, texts(missed - unauthorised)),
        "termlysessionsunauthorised": where(counted, texts(unauthorised)),
    }


def _travel(
    register: _Register, rows: NDArray[np.intp], summer: int, quotas: Quotas
) -> NDArray[np.bytes_]:
    """How pupils come to school; as many of each year group by car."""
    share = quotas.find("travel_by_car_in_tenths_of_percent", summer) or _BY_CAR
    group = register.pupils.group(summer)[rows]
    order = np.lexsort((register.by_car[rows], group))
    # Every pupil after whom another whole one is due comes by car.
    due = np.arange(1, len(rows) + 1) * share // 1000
    by_car = np.zeros(len(rows), dtype=bool)
    by_car[order] = np.diff(due, prepend=0) > 0
    return np.where(by_car, b"CAR", np.array(_TRAVEL, dtype="S3")[register.mode[rows]])


def _exclusions(register: _Register, found: Exclusions, rows: Ints, summer: int) -> bytes:
    """Exclusions of pupils still on roll."""
    here = rows[found.places] > 0
    places = found.places[here]
    return csv_bytes(
        {
            "termlyexclusionsonrolltableid": texts(np.arange(1, len(places) + 1)),
            "pupilonrolltableid": texts(rows[places]),
            "startdate": texts(dates(found.started[here])),
            "sessions": where(~found.permanent[here], texts(found.sessions[here])),
            "category": texts(np.where(found.permanent[here], b"PERM", b"FIXD")),
            "reason1": texts(found.reasons[here]),
            "senprovision": texts(_provision(register, places, summer)),
        }
    )


def _needs(register: _Register, places: NDArray[np.intp], rows: Ints, summer: int) -> bytes:
    """Kinds of need of those with special needs, the main one first."""
    names = np.array(_NEEDS, dtype="S4")
    if summer >= _BEHAVIOUR_RENAMED_FROM:
        names = np.where(names == _NEEDS_OF_BEHAVIOUR.encode(), b"SEMH", names)
    some = places[register.pupils.needs[places] > 0]
    also = some[
        (register.second_need[some] >= 0) & (register.second_need[some] != register.need[some])
    ]
    everyone = np.concatenate([some, also])
    rank = np.where(np.arange(len(everyone)) < len(some), 1, 2)
    kind = np.where(rank == 1, register.need[everyone], register.second_need[everyone])
    order = np.lexsort((rank, rows[everyone]))
    return csv_bytes(
        {
            "pupilonrolltableid": texts(rows[everyone][order]),
            "sentyperank": texts(rank[order]),
            "sentype": texts(names[kind][order]),
        }
    )


def _details(register: _Register, places: NDArray[np.intp], rows: Ints, summer: int) -> bytes:
    """Reasons for absence in the autumn term: illness, appointments, and no good reason."""
    group = register.pupils.group(summer)
    of_age = (group[places] >= 1) & (group[places] <= LAST_COMPULSORY_GROUP)
    counted = places[of_age]
    missed = sessions_missed(register.attendance, summer, "autumn")[counted]
    often = register.attendance.persistent[counted, SUMMERS.index(summer)]
    unauthorised = np.where(often, missed * 2 // 5, missed // 6)
    medical = (missed - unauthorised) // 5
    parts: Mapping[bytes, Ints] = {
        b"I": missed - unauthorised - medical,
        b"M": medical,
        b"O": unauthorised,
    }
    pupil = np.concatenate([rows[counted]] * len(parts))
    reason = np.repeat(np.array(list(parts), dtype="S1"), len(counted))
    sessions = np.concatenate(list(parts.values()))
    kept = np.flatnonzero(sessions > 0)
    kept = kept[np.argsort(pupil[kept], kind="stable")]
    return csv_bytes(
        {
            "pupilonrolltableid": texts(pupil[kept]),
            "attendancereason": texts(reason[kept]),
            "sessions": texts(sessions[kept]),
        }
    )
