"""Early help: families helped before a referral to social care is needed.

Until March 2012 help began with a common assessment at one of three stages, and a child could be
assessed again at the next. Later only the number of referrals is known, how many of them were sent
to the right team, and how many ended as hoped.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace

from demo.calendar import ReportingYear, birthday, days_after
from demo.calibration import Quotas
from demo.lives import EarlyHelp
from demo.need import new_person
from demo.population import day_between

_FIRST_ASSESSMENT = dt.date(2007, 2, 1)
_RETURNS_FROM = dt.date(2007, 4, 1)
_LAST_ASSESSMENTS = 2012
_LONGEST = 240
_SOURCES = ("School", "Health visitor", "Parent", "Police", "GP", "Nursery", "Housing")
_HELPED, _NOT_HELPED = "Desired outcome achieved", "Desired outcome not achieved"
_DIRECTED, _REDIRECTED = "Directed to team", "Sent on to another service"


def simulate_early_help(
    la_code: str, rng: random.Random, quotas: Quotas, first_number: int, years: Sequence[int]
) -> list[EarlyHelp]:
    """All early help of some years, in order of its beginning.

    Args:
        la_code: the authority.
        rng: the source of chance.
        quotas: common assessments by stage and the children assessed; referrals of later years.
        first_number: the first number free for a child.
        years: the years, by year end.
    """
    helped = _common_assessments(la_code, rng, quotas, first_number)
    number = first_number + len(helped)
    for year_end in years:
        wanted = quotas.find("early_help_referrals", year_end) or 0
        new = [
            _referral(la_code, rng, number + place, ReportingYear(year_end))
            for place in range(wanted)
        ]
        number += wanted
        helped.extend(_with_status(rng, quotas, year_end, new))
    for year_end in years:
        _settle_outcomes(rng, quotas, ReportingYear(year_end), helped)
    return sorted(helped, key=lambda one: (one.begun, one.person.number))


def _common_assessments(
    la_code: str, rng: random.Random, quotas: Quotas, first_number: int
) -> list[EarlyHelp]:
    """One child for each assessment, but for those assessed again at the next stage."""
    at_stage = [
        quotas.find("common_assessments", _LAST_ASSESSMENTS, f"stage_{stage}") or 0
        for stage in (1, 2, 3)
    ]
    children = quotas.find("common_assessments", _LAST_ASSESSMENTS, "children") or 0
    again = max(0, min(sum(at_stage) - children, at_stage[0]))
    again_at_3 = min(again // 4, at_stage[2])
    firsts = [at_stage[0], at_stage[1] - (again - again_at_3), at_stage[2] - again_at_3]
    stages = [stage for stage, number in enumerate(firsts, start=1) for _ in range(max(0, number))]
    seconds = {1: again - again_at_3, 2: again_at_3}
    helped: list[EarlyHelp] = []
    last = ReportingYear(_LAST_ASSESSMENTS).last_day
    for place, stage in enumerate(rng.sample(stages, len(stages))):
        goes_on = seconds.get(stage, 0) > 0
        latest = days_after(last, -_LONGEST - 1) if goes_on else last
        begun = day_between(rng, _FIRST_ASSESSMENT, latest)
        first = _stretch(la_code, rng, first_number + place, begun, f"Stage {stage}")
        helped.append(first)
        if goes_on:
            seconds[stage] -= 1
            following = days_after(first.ended, 1)
            ended = days_after(following, rng.randint(40, _LONGEST))
            helped.append(replace(first, begun=following, ended=ended, stage=f"Stage {stage + 1}"))
    return helped


def _stretch(
    la_code: str, rng: random.Random, number: int, begun: dt.date, stage: str
) -> EarlyHelp:
    ended = max(
        days_after(begun, rng.randint(40, _LONGEST)), days_after(_RETURNS_FROM, number % 60)
    )
    person = new_person(la_code, rng, number, birthday(begun, -16), begun)
    return EarlyHelp(person, begun, ended, stage, rng.choice(_SOURCES), _DIRECTED, _HELPED)


def _referral(la_code: str, rng: random.Random, number: int, year: ReportingYear) -> EarlyHelp:
    return _stretch(la_code, rng, number, day_between(rng, year.first_day, year.last_day), "")


def _with_status(
    rng: random.Random, quotas: Quotas, year_end: int, new: list[EarlyHelp]
) -> list[EarlyHelp]:
    """Let so many referrals be directed to the right team."""
    percent = quotas.find("early_help_directed_percent", year_end)
    directed = len(new) if percent is None else round(percent * len(new) / 100)
    elsewhere = set(rng.sample(range(len(new)), len(new) - directed))
    return [
        replace(one, status=_REDIRECTED) if place in elsewhere else one
        for place, one in enumerate(new)
    ]


def _settle_outcomes(
    rng: random.Random, quotas: Quotas, year: ReportingYear, helped: list[EarlyHelp]
) -> None:
    """Let the help that ended in a year end as hoped for so many."""
    ended = [place for place, one in enumerate(helped) if year.contains(one.ended)]
    percent = quotas.find("early_help_achieved_percent", year.year_end) or 90
    for place in rng.sample(ended, len(ended) - round(percent * len(ended) / 100)):
        helped[place] = replace(helped[place], outcome=_NOT_HELPED)
