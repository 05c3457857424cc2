"""Requests for a statement of special educational needs, or from 2014 a plan, by calendar year.

The folder's first year is the calendar year. Everything asked for until May is decided in the same
year; what is asked for later comes to nothing, so a year is the same by request and by decision.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

import numpy as np

from demo.calendar import ReportingYear, days_after
from demo.calibration import CalibrationError, Quotas
from demo.lives import Borough
from demo.pupils import Pupils
from demo.returns import File, csv_file
from demo.schooling import dice

_COLUMNS = (
    "person_id", "request_date", "statement_or_ehcp", "final_date", "exception_flag", "weeks",
    "plan_status",
)  # fmt: skip
_PLANS_FROM = 2014
_LIMIT_OF_STATEMENTS, _LIMIT_OF_PLANS = 26, 20
_LAST_REQUEST = 130
"""Days after New Year until which requests are decided in the year."""
_REFUSED = 30


def files(borough: Borough, years: Iterable[int], quotas: Quotas) -> Iterator[File]:
    """Every file of the returns: path below the landing zone, and bytes."""
    if borough.schooling is None:
        return
    for year_end in years:
        path = f"sen2/{borough.la_code}/{ReportingYear(year_end).folder}/sen2.csv"
        rng = dice(borough, f"requests {year_end}")
        yield csv_file(path, _COLUMNS, _rows(rng, borough.schooling.pupils, year_end, quotas))


def _rows(
    rng: np.random.Generator, pupils: Pupils, year_end: int, quotas: Quotas
) -> list[tuple[str, ...]]:
    year = year_end - 1
    cases = [
        (exception == "exception", in_time)
        for exception in ("plain", "exception")
        for in_time in (True, False)
        for _ in range(_number(quotas, year_end, exception, in_time))
    ]
    people = _people(rng, pupils, year_end, len(cases) + _REFUSED)
    rows = []
    for person, (is_exception, in_time) in zip(people, cases, strict=False):
        asked = days_after(dt.date(year, 1, 2), int(rng.integers(0, _LAST_REQUEST)))
        limit = 7 * (_LIMIT_OF_PLANS if year >= _PLANS_FROM else _LIMIT_OF_STATEMENTS)
        days = (
            rng.integers(limit // 2, limit + 1) if in_time else rng.integers(limit + 3, limit + 40)
        )
        rows.append(
            (
                person,
                _date(asked),
                "EHCP" if year >= _PLANS_FROM else "Statement",
                _date(days_after(asked, int(days))),
                str(int(is_exception)),
                f"{days / 7:.1f}",
                "A" if year >= _PLANS_FROM else "",
            )
        )
    for person in people[len(cases) :]:
        asked = days_after(dt.date(year, 6, 1), int(rng.integers(0, 200)))
        rows.append((person, _date(asked), "", "", "0", "", ""))
    return sorted(rows, key=lambda row: row[0])


def _number(quotas: Quotas, year_end: int, exception: str, in_time: bool) -> int:
    """Statements with or without an exception that came in time, or late."""
    all_of_them = quotas.get("statements_issued", year_end, exception)
    timely = min(all_of_them, quotas.get("statements_in_time", year_end, exception))
    return timely if in_time else all_of_them - timely


def _people(rng: np.random.Generator, pupils: Pupils, year_end: int, number: int) -> list[str]:
    """Pupils with special needs, by a number of their own."""
    roll = pupils.on_roll(year_end)
    could = roll[pupils.needs[roll] > 0]
    if len(could) < number:
        raise CalibrationError(f"{number} pupils with special needs wanted")
    chosen = pupils.number[rng.choice(could, number, replace=False)]
    return [f"SEN{person:06d}" for person in chosen]


def _date(day: dt.date) -> str:
    return day.strftime("%d/%m/%Y")
