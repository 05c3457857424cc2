"""Young people outside school: what they do after 16 (NCCIS), and youth justice (YJMIS)."""

import datetime as dt
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from demo.calendar import ReportingYear
from demo.calibration import CalibrationError, Quotas
from demo.lives import Borough
from demo.margins import counts_with_share
from demo.pupils import SUMMERS, Pupils
from demo.returns import File, csv_file
from demo.returns.bulk import archive, csv_bytes, dates, flags, texts
from demo.schooling import dice
from demo.youth_justice import simulate_outcomes

_ONLY_16_AND_17_FROM = 2017
_NOT_COUNTED = ("710", "720")
_NOT_KNOWN = "810"
_NEITHER = ("540", "610", "615", "619", "620", "640", "650", "660", "680")
_SIXTH_FORM = "210"
_ACTIVE = {
    12: {"230": 0.66, "220": 0.05, "310": 0.1, "320": 0.06, "330": 0.05, "410": 0.06, "280": 0.02},
    13: {"230": 0.55, "220": 0.05, "310": 0.13, "320": 0.08, "330": 0.13, "410": 0.04, "280": 0.02},
    14: {"250": 0.42, "230": 0.2, "310": 0.1, "320": 0.07, "330": 0.17, "270": 0.04},
}
_NATURAL_SHARE = 52
_NOT_COUNTED_PEOPLE, _NOT_KNOWN_PEOPLE = 6, 12
_WEIGHT_OF_NOT_KNOWN = b"0.08"

_YJMIS = (
    "person_id", "outcome_date", "dob", "ethnic", "offence_date", "outcome_tier",
    "first_time_entrant", "ete_hours", "accom_suitable",
)  # fmt: skip


def files(borough: Borough, years: Iterable[int], quotas: Quotas) -> Iterator[File]:
    """Every file of the returns: path below the landing zone, and bytes."""
    if borough.schooling is None:
        return
    pupils = borough.schooling.pupils
    wanted = list(years)
    for year_end in wanted:
        folder = f"nccis/{borough.la_code}/{ReportingYear(year_end).folder}"
        months = _activities(borough, pupils, year_end, quotas)
        yield f"{folder}/nccis.zip", archive(months)
    outcomes = simulate_outcomes(dice(borough, "youth justice"), pupils, quotas, SUMMERS)
    for year_end in wanted:
        path = f"yjmis/{borough.la_code}/{ReportingYear(year_end).folder}/yjmis.csv"
        rows = [
            (
                f"YOT{one.person:06d}",
                _date(one.day),
                _date(one.born),
                one.ethnicity,
                _date(one.offence),
                one.tier,
                str(int(one.is_first)),
                "" if one.hours is None else str(one.hours),
                "" if one.is_housed is None else str(int(one.is_housed)),
            )
            for one in outcomes[year_end]
        ]
        yield csv_file(path, _YJMIS, rows)


def _date(day: dt.date) -> str:
    return day.strftime("%d/%m/%Y")


def _activities(
    borough: Borough, pupils: Pupils, year_end: int, quotas: Quotas
) -> dict[str, bytes]:
    """What everyone of 16 to 18 was doing at the month-ends that are counted, a file each."""
    rng = dice(borough, f"activities {year_end}")
    group = pupils.group(year_end)
    oldest = 13 if year_end >= _ONLY_16_AND_17_FROM else 14
    places = np.flatnonzero((group >= 12) & (group <= oldest))
    places = places[np.argsort(pupils.born[places], kind="stable")]
    codes = _codes(rng, pupils, places, year_end, quotas)
    order = np.argsort(pupils.number[places] * 7919 % 100003, kind="stable")
    places, codes = places[order], codes[order]
    not_known = codes == _NOT_KNOWN.encode()
    began = np.datetime64(dt.date(year_end - 1, 9, 1)) + rng.integers(0, 30, len(places))
    columns: dict[str, pa.Array] = {
        "person_id": texts(np.char.mod("YP%07d", pupils.number[places]).astype("S9")),
        "dob": texts(dates(pupils.born[places])),
        "academic_age": texts(group[places] + 4),
        "activity_code": texts(codes),
        "status_start": texts(dates(began)),
        "expired_flag": flags(not_known),
        "adjusted_weight": texts(np.where(not_known, _WEIGHT_OF_NOT_KNOWN, b"")),
        "postcode": texts(pupils.postcode[places]),
    }
    person = {"person_id": columns.pop("person_id")}
    return {
        f"nccis_{month.replace('-', '')}.csv": csv_bytes(
            {**person, "month": texts([month] * len(places)), **columns}
        )
        for month in _months(year_end)
    }


def _months(year_end: int) -> tuple[str, ...]:
    """The month-ends the share not in education or work is taken of; later by one from 2016."""
    winter = (f"{year_end - 1}-11", f"{year_end - 1}-12", f"{year_end}-01", f"{year_end}-02")
    return winter[1:] if year_end >= _ONLY_16_AND_17_FROM else winter[:3]


def _codes(
    rng: np.random.Generator,
    pupils: Pupils,
    places: NDArray[np.intp],
    year_end: int,
    quotas: Quotas,
) -> NDArray[np.bytes_]:
    """The activity of each; those not in education or work are as many among all ages."""
    group = pupils.group(year_end)[places]
    codes = np.empty(len(places), dtype="S3")
    for age, weights in _ACTIVE.items():
        members = group == age
        codes[members] = rng.choice(
            np.array(list(weights), dtype="S3"), int(members.sum()), p=list(weights.values())
        )
    at_school = (group <= pupils.last_group[places]) & (group <= 13)
    codes[at_school] = _SIXTH_FORM.encode()
    special = rng.permutation(np.flatnonzero(~at_school))
    left_out = special[:_NOT_COUNTED_PEOPLE]
    not_known = special[_NOT_COUNTED_PEOPLE : _NOT_COUNTED_PEOPLE + _NOT_KNOWN_PEOPLE]
    codes[left_out] = rng.choice(np.array(_NOT_COUNTED, dtype="S3"), len(left_out))
    codes[not_known] = _NOT_KNOWN.encode()
    share = quotas.find("not_in_education_or_work_in_tenths_of_percent", year_end)
    counts = counts_with_share(len(places) - len(left_out), share or _NATURAL_SHARE)
    if not counts:
        raise CalibrationError("too few young people to take a share of")
    could = np.flatnonzero(
        ~np.isin(np.arange(len(places)), special[: len(left_out) + len(not_known)])
    )
    due = np.arange(1, len(could) + 1) * counts[0] // len(could)
    neither = could[np.diff(due, prepend=0) > 0]
    codes[neither] = rng.choice(np.array(_NEITHER, dtype="S3"), len(neither))
    return codes
