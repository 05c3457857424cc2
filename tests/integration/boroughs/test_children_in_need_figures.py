"""Figures of children in need against a computation that shares nothing with the marts.

Censuses are written, landed and built; what the populations count is compared with plain Python
over the same XML, for the demo borough and for invented ones whose records are mangled: sent
twice, backwards, undated, corrected a year later, with a year missing between.
"""

from __future__ import annotations

import datetime as dt
import random
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from fixtures.children_in_need_by_hand import (
    ASSESSMENTS,
    SINGLE_FROM,
    Census,
    Figures,
    figures,
    read_census,
)

from demo import borough
from demo.calibration import load_quotas
from demo.returns import cin_census
from orchestration.settings import Settings

pytestmark = pytest.mark.heavy

DEMO = "882"
INVENTED = ("961", "962", "963")  # numbers no authority has
YEARS_OF_INVENTED = (2010, 2011, 2013, 2016, 2017)
"""Year ends: 2010/11 follows 2009/10, then a year is missing; single assessments from 2013/14."""
MODELS = (
    "pop_referrals",
    "pop_referral_flow",
    "pop_assessments",
    "pop_protection_plans_started",
    "pop_protection_plans_ended",
    "pop_protection_plans_open",
)
TESTS = ()


# ------------------------------------------------------------ invented censuses with faults


def write_census(path: Path, la_code: str, year_end: int, children: Sequence[ET.Element]) -> None:
    root = ET.Element("Message")
    header = ET.SubElement(root, "Header")
    collection = ET.SubElement(header, "CollectionDetails")
    _texts(collection, Collection="CIN", Year=year_end, ReferenceDate=f"{year_end}-03-31")
    _texts(ET.SubElement(header, "Source"), SourceLevel="L", LEA=la_code)
    ET.SubElement(root, "Children").extend(children)
    ET.indent(root)
    path.parent.mkdir(parents=True)
    path.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _texts(parent: ET.Element, **values: object) -> None:
    for name, value in values.items():
        if value is not None:
            ET.SubElement(parent, name).text = str(value)


@dataclass(frozen=True)
class Case:
    """A referral of an invented child, and what followed."""

    referred: dt.date
    assessments: tuple[tuple[dt.date, dt.date], ...]
    plan: tuple[dt.date, dt.date | None] | None
    reviews: tuple[dt.date, ...]


def invented_lives(rng: random.Random, number: int) -> dict[str, list[Case]]:
    """Children with cases from 2008 to 2017, many of them close to a limit."""
    lives = {}
    for child in range(number):
        era = rng.choice([dt.date(2008, 6, 1), dt.date(2014, 6, 1)])
        referred = era + dt.timedelta(days=rng.randint(0, 800))
        cases = []
        for _ in range(rng.choice((1, 2, 2, 3))):
            cases.append(_invented_case(rng, referred))
            referred += dt.timedelta(days=rng.choice((0, 90, 200, 364, 365, 366, 367, 500)))
        lives[f"C{child:03d}"] = cases
    return lives


def _invented_case(rng: random.Random, referred: dt.date) -> Case:
    assessments = []
    for _ in range(rng.choice((0, 1, 1, 1, 2))):
        start = referred + dt.timedelta(days=rng.choice((0, 0, 1, 5, 30)))
        end = start + dt.timedelta(days=rng.choice((0, 8, 9, 11, 14, 16, 49, 51, 63, 65, 90, -3)))
        assessments.append((start, end))
    plan, reviews = None, []
    if rng.random() < 0.6:
        begun = referred + dt.timedelta(days=rng.randint(1, 40))
        lasted = rng.choice((0, 60, 90, 120, 300, 500, 727, 728, 729, 730, 800, None))
        over = None if lasted is None else begun + dt.timedelta(days=lasted)
        plan = (begun, over)
        day = begun
        for place in range(8):
            gaps = (80, 89, 90, 91, 91, 92) if place == 0 else (160, 178, 182, 183, 183, 184)
            day += dt.timedelta(days=rng.choice(gaps))
            reviews.append(day)
    return Case(referred, tuple(assessments), plan, tuple(reviews))


def invented_census(
    rng: random.Random, lives: Mapping[str, Sequence[Case]], year_end: int
) -> Iterator[ET.Element]:
    first, last = dt.date(year_end - 1, 4, 1), dt.date(year_end, 3, 31)
    for child, cases in lives.items():
        element = ET.Element("Child")
        written = rng.choice((child, child, child.lower(), f" {child[0]} {child[1:]}"))
        _texts(
            ET.SubElement(element, "ChildIdentifiers"),
            LAchildID=written,
            PersonBirthDate="2005-02-28",
            GenderCurrent=rng.choice((1, 2, 0)),
        )
        _texts(ET.SubElement(element, "ChildCharacteristics"), Ethnicity="WBRI")
        for number, case in enumerate(cases):
            if case.referred <= last and case.referred + dt.timedelta(days=1200) >= first:
                for _ in range(2 if rng.random() < 0.1 else 1):
                    _write_case(rng, element, case, number, (first, last))
        yield element


def _write_case(
    rng: random.Random,
    element: ET.Element,
    case: Case,
    number: int,
    year: tuple[dt.date, dt.date],
) -> None:
    first, last = year

    def told(day: dt.date | None, unless: float = 0.03) -> str | None:
        """A day as the census says it: not yet, hardly ever unreadable."""
        if day is None or day > last + dt.timedelta(days=20):
            return None
        return "2016-02-30" if rng.random() < unless else day.isoformat()

    details = ET.SubElement(element, "CINdetails")
    _texts(details, CINreferralDate=told(case.referred, 0.01) or case.referred, ReferralNFA=0)
    for start, end in case.assessments:
        if last.year >= SINGLE_FROM:
            kind = "Assessments"
        else:
            kind = "CoreAssessments" if rng.random() < 0.4 else "InitialAssessments"
        if start > last or end < first:
            continue
        _, starts, ends = ASSESSMENTS[kind]
        start_tag, end_tag = (tags[-1 if last.year == 2013 else 0] for tags in (starts, ends))
        assessment = ET.SubElement(details, kind)
        _texts(assessment, **{start_tag: told(start, 0.08), end_tag: told(end)})
    if case.plan is None or case.plan[0] > last or (case.plan[1] or last) < first:
        return
    begun, over = case.plan
    if rng.random() < 0.05:  # corrected in one of the years
        begun += dt.timedelta(days=2)
    plan = ET.SubElement(details, "ChildProtectionPlans")
    _texts(
        plan,
        CPPstartDate=begun,
        CPPendDate=told(over, 0.02),
        InitialCategoryOfAbuse="NEG",
        LatestCategoryOfAbuse="NEG",
        NumberOfPreviousCPP=rng.choice((0, 0, 0, 1)),
    )
    held = [begun] if rng.random() < 0.1 else []
    held += [day for day in case.reviews if first <= day <= last + dt.timedelta(days=5)]
    if held:
        reviews = ET.SubElement(plan, "Reviews")
        for day in held:
            _texts(reviews, CPPreviewDate=told(day, 0.01) or day)


# ------------------------------------------------------------ the built warehouse


@dataclass(frozen=True)
class Built:
    """What the populations count, and the censuses they were built from."""

    counted: Mapping[tuple[str, str], Figures]
    censuses: Mapping[str, Sequence[Census]]


FIGURES_SQL = {
    # Of each figure: population, its numerator's flag, its denominator's.
    "NI 59": ("pop_assessments", "is_initial_assessment_in_time", "is_initial_assessment"),
    "NI 60": ("pop_assessments", "is_core_assessment_in_time", "is_core_assessment"),
    "JC-SA45": ("pop_assessments", "is_single_assessment_in_time", "is_single_assessment"),
    "NI 68": ("pop_referral_flow", "is_initial_assessment_finished", "is_referral_received"),
    "JC-RR": ("pop_referrals", "is_re_referral", "is_referral"),
    "NI 64": ("pop_protection_plans_ended", "is_two_year_plan", "is_plan_ended"),
    "NI 65": ("pop_protection_plans_started", "is_second_or_later_plan", "is_plan_started"),
    "NI 67": ("pop_protection_plans_open", "is_reviewed_in_time", "is_on_plan_for_91_days"),
    "JC-CPPN": ("pop_protection_plans_open", "is_on_plan", "is_on_plan"),
}


def send(landing_dir: Path) -> None:
    """Write the censuses of the invented boroughs and of the demo borough."""
    folder = landing_dir / "cin_census"
    for seed, la_code in enumerate(INVENTED, start=1):
        rng = random.Random(seed)  # noqa: S311 - invented, not secret
        lives = invented_lives(rng, 90)
        for year_end in YEARS_OF_INVENTED:
            path = folder / la_code / f"{year_end - 1}-{year_end % 100}" / "cin_census.xml"
            write_census(path, la_code, year_end, [*invented_census(rng, lives, year_end)])
    quotas = load_quotas()
    lived = borough.simulate(DEMO, int(DEMO), quotas)
    for name, content in cin_census.files(lived, borough.YEARS, quotas):
        (landing_dir / name).parent.mkdir(parents=True)
        (landing_dir / name).write_bytes(content)


@pytest.fixture(scope="module")
def built(boroughs: Settings) -> Built:
    folders = [boroughs.landing_dir / "cin_census" / la_code for la_code in (DEMO, *INVENTED)]
    counted: dict[tuple[str, str], Figures] = {}
    with duckdb.connect(str(boroughs.warehouse_file), read_only=True) as connection:
        fates = connection.execute(
            "select distinct fate from raw.deliveries"
            " where return_name = 'cin_census' and la_code in (?, ?, ?, ?)",
            [DEMO, *INVENTED],
        ).fetchall()
        assert fates == [("accepted",)]
        for indicator, (population, numerator, denominator) in FIGURES_SQL.items():
            for la_code, label, counts, whole in connection.execute(
                f"select la_code, period_label, count(*) filter ({numerator}),"
                f" count(*) filter ({denominator}) from marts.{population} group by all"
            ).fetchall():
                counted.setdefault((la_code, label), {})[indicator] = (counts, whole)
    censuses = {
        authority.name: [
            read_census(path, int(path.parent.name[:4]) + 1)
            for path in sorted(authority.glob("*/cin_census.xml"))
        ]
        for authority in folders
    }
    return Built(counted, censuses)


@pytest.mark.parametrize("la_code", [DEMO, *INVENTED])
def test_figures_agree_with_a_computation_that_shares_nothing(built: Built, la_code: str) -> None:
    censuses = built.censuses[la_code]
    for place, census in enumerate(censuses):
        label = f"{census.year_end - 1}/{census.year_end % 100:02d}"
        found = {name: (0, 0) for name in FIGURES_SQL} | built.counted.get((la_code, label), {})
        assert found == figures(censuses[: place + 1]), label


def test_the_invented_censuses_exercise_the_rules(built: Built) -> None:
    """An agreement of zeros, or of all, would prove nothing."""
    numerators: Counter[str] = Counter()
    rests: Counter[str] = Counter()
    for (la_code, _), counted in built.counted.items():
        if la_code in INVENTED:
            for indicator, (numerator, denominator) in counted.items():
                numerators[indicator] += numerator
                rests[indicator] += denominator - numerator
    assert all(numerators[indicator] >= 10 for indicator in FIGURES_SQL), numerators
    assert all(rests[name] >= 10 for name in FIGURES_SQL if name not in {"JC-CPPN"}), rests
