"""Audits of the files of children in need, in care or with a plan, and how they were graded."""

import random
from collections.abc import Sequence

from demo.calendar import ReportingYear, days_after
from demo.calibration import Quotas
from demo.lives import Audit, Case
from demo.population import day_between

GRADES = ("1", "2", "3", "4", "NA")
"""From outstanding to inadequate, and for files that could not be graded."""

_AUDITORS = ("Team manager", "Team manager", "Group manager", "Peer")


def simulate_audits(
    rng: random.Random, quotas: Quotas, cases: Sequence[Case], years: Sequence[int]
) -> list[Audit]:
    """All audits of some years, in order of the day.

    Args:
        rng: the source of chance.
        quotas: audits by grade and year.
        cases: the cases whose files can be audited.
        years: the years, by year end.

    Raises:
        CalibrationError: if there are fewer cases than audits.
    """
    audits: list[Audit] = []
    for year_end in years:
        year = ReportingYear(year_end)
        grades = [
            grade
            for grade in GRADES
            for _ in range(quotas.find("file_audits", year_end, f"grade_{grade}") or 0)
        ]
        could = [
            case
            for case in cases
            if case.referred <= days_after(year.last_day, -20)
            and (case.closed is None or case.closed >= days_after(year.first_day, 20))
            and (case.closed is None or (case.closed - case.referred).days > 10)
            and not case.no_further_action
        ]
        number = quotas.possible(len(grades), len(could), f"audits in {year.folder}")
        for case, grade in zip(rng.sample(could, number), grades, strict=False):
            day = day_between(
                rng,
                max(case.referred, year.first_day),
                min(case.closed or year.last_day, year.last_day),
            )
            audits.append(Audit(case.person, day, _team(case), grade, rng.choice(_AUDITORS)))
    return sorted(audits, key=lambda one: (one.day, one.person.number))


def _team(case: Case) -> str:
    if case.need == "N2":
        return "Children with disabilities"
    if case.plan is not None:
        return "Child protection"
    return "Assessment and intervention" if case.closed else "Children in need"
