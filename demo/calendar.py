"""Reporting years and ages, as the statutory returns count them.

Belongs here: date arithmetic that every part of the demo borough shares. It knows nothing of
children or files.
"""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class ReportingYear:
    """A year from 1 April to 31 March, named by the calendar year it ends in."""

    year_end: int

    @property
    def first_day(self) -> dt.date:
        """1 April."""
        return dt.date(self.year_end - 1, 4, 1)

    @property
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
