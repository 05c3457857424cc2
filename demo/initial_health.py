"""The health assessment every child has after coming into care, and how soon it was done.

It is due within twenty working days. How many children who had been in care for so long by 31 March
were seen in time is a quota of some years; in the others chance decides.
"""

import random
from collections.abc import Sequence

from demo.calendar import (
    ReportingYear,
    days_after,
    working_day_after,
)
from demo.calibration import Quotas
from demo.lives import InitialHealth, Stay

DUE_WITHIN = 20
"""Working days within which the assessment is due."""

_SOON, _A_WEEK_LATE, _LATER = (6, 20), (21, 25), (26, 60)
_REASONS = ("No appointment free", "Request came late", "Child did not attend", "Placed far away")
_USUAL_SHARE = 0.4


def simulate_initial_health(
    rng: random.Random, quotas: Quotas, stays: Sequence[Stay], years: Sequence[int]
) -> list[InitialHealth]:
    """The initial health assessments of everyone who came into care in some years.

    Args:
        rng: the source of chance.
        quotas: children seen within 20 and 25 working days, for years in which that is known.
        stays: periods in care.
        years: the years, by year end.

    Raises:
        CalibrationError: if fewer children came into care for long enough.
    """
    result: list[InitialHealth] = []
    for year_end in years:
        year = ReportingYear(year_end)
        started = [stay for stay in stays if year.contains(stay.start) and not stay.is_short_breaks]
        counted = [stay for stay in started if _was_there_long_enough(stay, year)]
        in_time = quotas.find("initial_health_within_20_days", year_end)
        in_time = round(_USUAL_SHARE * len(counted)) if in_time is None else in_time
        soon_after = (
            quotas.find("initial_health_within_25_days", year_end) or in_time + in_time // 3
        )
        soon_after = quotas.possible(soon_after, len(counted), f"first medicals in {year.folder}")
        for rank, stay in enumerate(rng.sample(counted, len(counted))):
            days = _SOON if rank < in_time else _A_WEEK_LATE if rank < soon_after else _LATER
            result.append(_seen(rng, stay, rng.randint(*days)))
        long_enough = {stay.key for stay in counted}
        result.extend(
            _seen(rng, stay, rng.randint(*_LATER))
            for stay in started
            if stay.key not in long_enough
        )
    return sorted(result, key=lambda one: (one.care_started, one.person.number))


def _was_there_long_enough(stay: Stay, year: ReportingYear) -> bool:
    """Whether the time allowed had passed in care when the year, or the stay, ended."""
    until = year.last_day if stay.end is None else min(stay.end, year.last_day)
    return working_day_after(stay.start, DUE_WITHIN) <= until


def _seen(rng: random.Random, stay: Stay, days: int) -> InitialHealth:
    """The assessment of one child; who has left care by then is not seen."""
    day = working_day_after(stay.start, days)
    is_seen = stay.end is None or day < stay.end
    reason = rng.choice(_REASONS) if days > DUE_WITHIN else ""
    requested = days_after(stay.start, min(rng.randint(1, 9), days))
    return InitialHealth(stay.person, stay.start, requested, day if is_seen else None, reason)
