"""What a council answers about a child once a year: health, and how care leavers are doing.

The answers depend only on the seed and the year, so they do not change when other years are
written.
"""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from demo.calendar import ReportingYear, age_on, birthday
from demo.calibration import CalibrationError, Quotas, spread
from demo.lives import Person, Stay
from demo.population import weighted

_HIGHEST_SCORE = 40
_ACTIVE = ("F1", "F2", "F3", "P1", "P2", "P3")
_MOST_GONE_HOME = 12


@dataclass(frozen=True)
class Health:
    """The answers for a child looked after for the whole year; blank where not asked."""

    sdq_score: str
    sdq_reason: str
    convicted: str
    health_check: str
    immunisations: str
    teeth_check: str
    health_assessment: str
    substance_misuse: str
    intervention_received: str
    intervention_offered: str


@dataclass(frozen=True)
class Leaver:
    """What is known of a care leaver around a birthday."""

    in_touch: str
    activity: str
    accommodation: str


def _dice(seed: int, year: ReportingYear, what: str) -> random.Random:
    return random.Random(f"{seed}:{year.year_end}:{what}")  # noqa: S311


def health_of(
    seed: int, people: Sequence[Person], year: ReportingYear, quotas: Quotas
) -> list[Health]:
    """The health answers of all children who were looked after for a whole year.

    Args:
        seed: the borough's seed.
        people: the children, in an order that does not change.
        year: the year to 31 March.
        quotas: how many were immunised and had their health assessed, and their mean score for
            strengths and difficulties in tenths, for years in which that is known.
    """
    answers = [
        _health(_dice(seed, year, f"{person.child_id}:health"), age_on(person.born, year.last_day))
        for person in people
    ]
    rng = _dice(seed, year, "health")
    for measure, field in (
        ("immunised", "immunisations"),
        ("health_assessed", "health_assessment"),
    ):
        wanted = quotas.find(measure, year.year_end)
        if wanted is not None:
            yes = set(rng.sample(range(len(answers)), wanted))
            answers = [
                replace(answer, **{field: "1" if place in yes else "0"})
                for place, answer in enumerate(answers)
            ]
    return _with_mean_score(rng, answers, quotas.find("mean_sdq_score_in_tenths", year.year_end))


def _with_mean_score(rng: random.Random, answers: list[Health], tenths: int | None) -> list[Health]:
    if tenths is None:
        return answers
    scored = [place for place, answer in enumerate(answers) if answer.sdq_score]
    total = round(tenths * len(scored) / 10)
    scores = spread(
        rng,
        [int(answers[place].sdq_score) for place in scored],
        [(0, _HIGHEST_SCORE)] * len(scored),
        total,
    )
    for place, score in zip(scored, scores, strict=True):
        answers[place] = replace(answers[place], sdq_score=str(score))
    return answers


def _health(rng: random.Random, age: int) -> Health:
    def flag(chance: float) -> str:
        return "1" if rng.random() < chance else "0"

    score = reason = ""
    if 4 <= age <= 16:
        if rng.random() < 0.78:
            score = str(min(_HIGHEST_SCORE, max(0, round(rng.gauss(14.5, 6.5)))))
        else:
            reason = weighted(rng, {"SDQ2": 0.35, "SDQ3": 0.1, "SDQ4": 0.35, "SDQ5": 0.2})
    misuse = flag(0.05 if age >= 12 else 0.0)
    received = flag(0.6) if misuse == "1" else ""
    return Health(
        sdq_score=score,
        sdq_reason=reason,
        convicted=flag(0.05) if age >= 10 else "",
        health_check=flag(0.93) if age < 5 else "",
        immunisations=flag(0.8),
        teeth_check=flag(0.84),
        health_assessment=flag(0.9),
        substance_misuse=misuse,
        intervention_received=received,
        intervention_offered=flag(0.7) if received == "0" else "",
    )


def leavers_of(
    seed: int, stays_by_child: Mapping[str, Sequence[Stay]], year: ReportingYear, quotas: Quotas
) -> dict[str, Leaver]:
    """What is returned of every care leaver for a year, by child.

    Args:
        seed: the borough's seed.
        stays_by_child: the stays of each child that had begun by the end of the year.
        year: the year to 31 March.
        quotas: the share of those of 19 to 21 in education, employment or training, in tenths of
            a percent; or how many of 19 there were, how many of them lived somewhere suitable,
            and how many were in education, employment or training. Both for some years only.

    Raises:
        CalibrationError: if no whole number of leavers gives that share.
    """
    leavers: dict[str, Leaver] = {}
    for child, stays in stays_by_child.items():
        leaver = _leaver(seed, stays[0].person, year, stays)
        if leaver is not None:
            leavers[child] = leaver
    count = quotas.find("care_leavers_at_19", year.year_end)
    if count is not None:
        return _at_19(_dice(seed, year, "at 19"), leavers, count, quotas, year)
    share = quotas.find("care_leavers_active_in_tenths_of_percent", year.year_end)
    if share is None:
        return leavers
    older = [
        child
        for child, leaver in leavers.items()
        if age_on(stays_by_child[child][0].person.born, year.last_day) >= 19
        and leaver.in_touch != "RHOM"
    ]
    return leavers | _with_share_active(_dice(seed, year, "leavers"), leavers, older, share)


def _at_19(
    rng: random.Random,
    leavers: Mapping[str, Leaver],
    count: int,
    quotas: Quotas,
    year: ReportingYear,
) -> dict[str, Leaver]:
    """Let so many care leavers of 19 count, so many live well and so many be active.

    The others had gone home for good, which leaves them out.
    """
    if len(leavers) < count:
        raise CalibrationError(f"{len(leavers)} care leavers of 19 in {year.folder}, not {count}")
    suitable = quotas.get("care_leavers_suitably_housed", year.year_end)
    active = quotas.get("care_leavers_active", year.year_end)
    changed = dict.fromkeys(leavers, Leaver("RHOM", "0", "0"))
    counted = rng.sample(list(leavers), count)
    for place, child in enumerate(counted):
        activity = rng.choice(("F1", "F2", "F3", "P2") if place < active else ("G4", "G5"))
        changed[child] = Leaver("YES", activity, rng.choice("BDEU") + "1")
    for child in rng.sample(counted, count - suitable):
        changed[child] = replace(changed[child], accommodation="X2")
    return changed


def _with_share_active(
    rng: random.Random, leavers: Mapping[str, Leaver], older: list[str], share: int
) -> dict[str, Leaver]:
    """Change some answers so that the share is met; a few go home, which leaves them out of it."""
    shuffled = rng.sample(older, len(older))
    for home in range(_MOST_GONE_HOME + 1):
        count = len(older) - home
        active = (2 * share * count + 1000) // 2000
        if (2000 * active + count) // (2 * count) == share:
            break
    else:
        raise CalibrationError(f"no number of {len(older)} care leavers gives {share / 10} %")
    changed = dict.fromkeys(shuffled[:home], Leaver("RHOM", "0", "0"))
    # Only those in touch can be known to be active.
    rest = sorted(shuffled[home:], key=lambda child: leavers[child].activity == "0")
    for place, child in enumerate(rest):
        leaver = leavers[child]
        if place < active and leaver.activity not in _ACTIVE:
            changed[child] = replace(leaver, activity=rng.choice(("F2", "F3", "F3", "P2")))
        elif place >= active and leaver.activity in _ACTIVE:
            changed[child] = replace(leaver, activity=rng.choice(("G4", "G5", "G5", "G5")))
    return changed


def _leaver(seed: int, person: Person, year: ReportingYear, stays: Sequence[Stay]) -> Leaver | None:
    """The answers about one young person; None when not in the year's cohort."""
    age = age_on(person.born, year.last_day)
    if age not in _ages_asked(year) or not _is_care_leaver(person, year, age, stays):
        return None
    rng = _dice(seed, year, f"{person.child_id}:leaver")
    in_touch = weighted(rng, {"YES": 0.88, "NO": 0.06, "REFU": 0.02, "NREQ": 0.03, "RHOM": 0.01})
    if in_touch in ("NO", "RHOM"):
        return Leaver(in_touch, "0", "0")
    training = ("F3", "P3") if year.year_end <= 2021 else ("F5", "P5")
    activity = weighted(
        rng,
        {"F1": 0.06, "F2": 0.16, "P2": 0.06, training[0]: 0.2, training[1]: 0.05, "G4": 0.1,
         "G5": 0.37},
    )  # fmt: skip
    where = weighted(
        rng, {"B": 0.12, "D": 0.2, "E": 0.08, "U": 0.42, "K": 0.06, "X": 0.04, "Z": 0.08}
    )
    if where == "Z" and (age == 17 or year.year_end < 2015):
        where = "E"
    suitable = "2" if where == "X" or rng.random() < 0.06 else "1"
    return Leaver(in_touch, activity, where + suitable)


def _ages_asked(year: ReportingYear) -> tuple[int, ...]:
    if year.year_end <= 2013:
        return (19,)
    return (19, 20, 21) if year.year_end <= 2015 else (17, 18, 19, 20, 21)


def _is_care_leaver(person: Person, year: ReportingYear, age: int, stays: Sequence[Stay]) -> bool:
    last = stays[-1]
    if last.end is None or last.end > year.last_day or last.reason_ended == "E3":
        return False
    if year.year_end <= 2013:
        day = dt.date(year.year_end - 3, 4, 1)
        return any(stay.in_care_on(day) for stay in stays) and age_on(person.born, day) == 16
    # Those still in care on their 17th or 18th birthday are counted once they are older.
    if age <= 18 and last.end >= birthday(person.born, age):
        return False
    return _days_since(person, 14, stays) >= 91 and _days_since(person, 16, stays) >= 1


def _days_since(person: Person, age: Literal[14, 16], stays: Sequence[Stay]) -> int:
    since = birthday(person.born, age)
    return sum(
        max(0, (stay.end - max(stay.start, since)).days) for stay in stays if stay.end is not None
    )
