"""Reporting years and ages, as the statutory returns count them.

Belongs here: date arithmetic that every part of the demo borough shares. It knows nothing of
children or files.
"""

import bisect
import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources


@dataclass(frozen=True, order=True)
class ReportingYear:
    """A year from 1 April to 31 March, named by the calendar year it ends in."""

    year_end: int

    @cached_property
    def first_day(self) -> dt.date:
        """1 April."""
        return dt.date(self.year_end - 1, 4, 1)

    @cached_property
    def last_day(self) -> dt.date:
        """31 March."""
        return dt.date(self.year_end, 3, 31)

    @property
    def folder(self) -> str:
        """The name of its landing folder, for example ``2016-17``."""
        return f"{self.year_end - 1}-{self.year_end % 100:02d}"

    def contains(self, day: dt.date) -> bool:
        """Whether a day falls in this year."""
        return self.first_day <= day <= self.last_day


def year_of(day: dt.date) -> ReportingYear:
    """The reporting year a day falls in."""
    return ReportingYear(day.year + (1 if day.month >= 4 else 0))


def birthday(born: dt.date, age: int) -> dt.date:
    """The day someone reaches an age; 29 February is kept on 1 March in other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return dt.date(born.year + age, 3, 1)


def age_on(born: dt.date, day: dt.date) -> int:
    """Age in completed years."""
    had_birthday = birthday(born, day.year - born.year) <= day
    return day.year - born.year - (0 if had_birthday else 1)


def days_after(day: dt.date, days: int) -> dt.date:
    """A day some days later, or earlier when negative."""
    return day + dt.timedelta(days=days)


@cache
def working_days() -> tuple[dt.date, ...]:
    """Every working day in England from 2007 to 2019."""
    text = resources.files("demo").joinpath("data/bank_holidays.csv").read_text(encoding="utf-8")
    holidays = {dt.date.fromisoformat(row["date"]) for row in csv.DictReader(text.splitlines())}
    first, last = dt.date(2007, 1, 1), dt.date(2019, 12, 31)
    every = (days_after(first, days) for days in range((last - first).days + 1))
    return tuple(day for day in every if day.weekday() < 5 and day not in holidays)


def working_days_after(day: dt.date, days: int) -> dt.date:
    """The working day so many working days later; the day itself, or the next one, is day 0."""
    every = working_days()
    return every[bisect.bisect_left(every, day) + days]


def working_day_after(day: dt.date, number: int) -> dt.date:
    """The first, second, … working day after a day, which itself never counts."""
    every = working_days()
    return every[bisect.bisect_right(every, day) + number - 1]


def working_days_until(day: dt.date, until: dt.date) -> int:
    """Working days from one day to another; negative when that is earlier."""
    every = working_days()
    return bisect.bisect_left(every, until) - bisect.bisect_left(every, day)
