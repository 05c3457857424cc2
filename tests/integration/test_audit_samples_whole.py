"""Both sample returns from file to finding: everything runs, and the rules with most findings hold.

The ten rules of each return that find most are said again in plain Python over the file itself:
every line they name is named by the audit, and no other.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fixtures.homes import NewHome
from lxml import etree

from expectations.catalogue import load_catalogues
from expectations.runner import AuditResult, run_audit
from orchestration.dbt import PointInTime, run_dbt
from orchestration.settings import Settings

pytestmark = pytest.mark.heavy

PIER = "from orchestration.cli import main; main()"
RETURNS = ("ssda903", "cin_census")
DIRECTORIES = ("postcode_directory", "authority_numbers", "ofsted_providers")
YEAR_START, YEAR_END = dt.date(2017, 4, 1), dt.date(2018, 3, 31)
NO_URN = {"H5", "P1", "P2", "P3", "R1", "R2", "R5", "T0", "T1", "T2", "T3", "T4", "Z1"}
NO_PROVIDER = {"T0", "T1", "T2", "T3", "T4", "Z1"}
HEALTH_ITEMS = (
    *("CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK", "HEALTH_ASSESSMENT"),
    *("SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED"),
)

Row = dict[str, Any]
Audited = tuple[Settings, AuditResult]


def pier(settings: Settings, *arguments: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PIER, *arguments],
        env={**os.environ, "PIER_HOME": str(settings.home), "PIER_ENVIRONMENT": "test"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="module")
def audited(shared: Path, new_home: NewHome, point: PointInTime) -> Audited:
    """A home with both samples landed, staged and judged."""
    settings = new_home("samples", point)
    shutil.copytree(
        shared / "returns" / "sample_ssda903", settings.landing_dir / "ssda903/882/2017-18"
    )
    census = settings.landing_dir / "cin_census/975/2021-22"
    census.mkdir(parents=True)
    shutil.copy(shared / "returns" / "sample_cin_census" / "fake_CIN_data.xml", census)
    pier(settings, "land")
    staged = [f"staging.{name}" for name in (*RETURNS, *DIRECTORIES, "pier")]
    selected = ["--select", *staged, "path:../seeds/reference"]
    left_out = ["--exclude", "resource_type:test", "stg_pier__validation_outcomes"]
    assert run_dbt(settings, point, ["build", *selected, *left_out]) == 0
    chosen = [each for each in load_catalogues() if each.return_name in RETURNS]
    return settings, run_audit(settings, point, "samples", catalogues=chosen)


def most_found(result: AuditResult, return_name: str) -> list[str]:
    """The ten rules with most findings, by id."""
    failed = [
        outcome
        for outcome in result.rule_outcomes
        if outcome.return_name == return_name and outcome.outcome == "failed"
    ]
    failed.sort(key=lambda outcome: (-(outcome.rows_failing or 0), outcome.rule_id))
    return [outcome.rule_id for outcome in failed[:10]]


def lines_found(settings: Settings, rule_id: str) -> set[int]:
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
        rows = connection.execute(
            "select source_line from validation.findings where rule_id = ?", [rule_id]
        ).fetchall()
    return {line for (line,) in rows}


def test_everything_runs_and_nothing_crashes(audited: Audited) -> None:
    _, result = audited
    assert result.crashed == ()
    judged = {o.rule_id for o in result.outcomes if o.outcome in ("passed", "failed")}
    for name, at_least in (("ssda903-", 200), ("cin-", 80)):
        assert sum(rule_id.startswith(name) for rule_id in judged) >= at_least


def date(text: str) -> dt.date | None:
    return dt.datetime.strptime(text, "%d/%m/%Y").date() if text else None


def turns(born: dt.date, age: int) -> dt.date:
    if (born.month, born.day) == (2, 29):
        return (
            dt.date(born.year + age, 2, 28)
            if (born.year + age) % 4
            else born.replace(year=born.year + age)
        )
    return born.replace(year=born.year + age)


class LookedAfter:
    """The sample return of children looked after, as its files have it."""

    def __init__(self, folder: Path) -> None:
        for name in ("episodes", "header", "reviews", "oc2", "oc3"):
            with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
                rows = [
                    {**row, "line": line} for line, row in enumerate(csv.DictReader(file), start=2)
                ]
            setattr(self, name, rows)
        self.of: dict[str, list[Row]] = defaultdict(list)
        for row in self.episodes:
            self.of[row["CHILD"]].append(row)

    episodes: list[Row]
    header: list[Row]
    reviews: list[Row]
    oc2: list[Row]
    oc3: list[Row]

    @staticmethod
    def in_year(episode: Row) -> bool:
        start, end = date(episode["DECOM"]), date(episode["DEC"])
        return start is not None and start <= YEAR_END and (end is None or end >= YEAR_START)

    def all_year(self, child: str) -> bool:
        """Rule 190's own test of who was looked after for the whole year."""
        theirs = self.of.get(child, [])
        return any(map(self.in_year, theirs)) and not any(map(self._breaks_the_year, theirs))

    def _breaks_the_year(self, episode: Row) -> bool:
        start, end = date(episode["DECOM"]), date(episode["DEC"])
        begins = episode["RNE"] == "S" and bool(start and YEAR_START < start <= YEAR_END)
        leaves = bool(end and YEAR_START <= end < YEAR_END) and episode["REC"] != "X1"
        return begins or leaves or (episode["LS"] in {"V3", "V4"} and self.in_year(episode))

    def mother_is_wrong(self, row: Row) -> bool:
        """Rule 165."""
        theirs = [e for e in self.of.get(row["CHILD"], []) if e["LS"] not in {"V3", "V4"}]
        if not theirs:
            return False
        if row["MOTHER"] and (row["MOTHER"] not in {"0", "1"} or row["SEX"] == "1"):
            return True
        was_in_care = any(map(self.in_year, theirs))
        if row["SEX"] != "2" or bool(row["MOTHER"]) == was_in_care:
            return False
        if was_in_care:
            return True
        items = [r[n] for r in self.oc3 for n in ("IN_TOUCH", "ACTIV", "ACCOM")
                 if r["CHILD"] == row["CHILD"]]  # fmt: skip
        return any(items)


def older_than(age: int, row: Row, day: dt.date | None) -> bool:
    born = date(row["DOB"])
    return born is not None and day is not None and day > turns(born, age)


SSDA903: dict[str, Callable[[LookedAfter], Iterator[Row]]] = {
    "ssda903-1012-reviews": lambda sent: (r for r in sent.reviews if r["CHILD"] not in sent.of),
    "ssda903-222": lambda sent: (
        e for e in sent.episodes if e["PLACE"] in NO_URN and e["URN"] not in {"", "XXXXXXX"}
    ),
    "ssda903-190": lambda sent: (
        r for r in sent.oc2 if any(r[n] for n in HEALTH_ITEMS) and not sent.all_year(r["CHILD"])
    ),
    "ssda903-440": lambda sent: (
        r for r in sent.reviews if r["REVIEW_CODE"] == "PN0" and older_than(4, r, date(r["REVIEW"]))
    ),
    "ssda903-148": lambda sent: (e for e in sent.episodes if bool(e["DEC"]) != bool(e["REC"])),
    "ssda903-158": lambda sent: (
        r for r in sent.oc2 if r["INTERVENTION_RECEIVED"] == "1" and r["INTERVENTION_OFFERED"]
    ),
    "ssda903-193": lambda sent: (
        r
        for r in sent.oc2
        if r["SUBSTANCE_MISUSE"] in {"", "0"}
        and (r["INTERVENTION_RECEIVED"] or r["INTERVENTION_OFFERED"])
    ),
    "ssda903-542": lambda sent: (
        r for r in sent.oc2 if r["CONVICTED"] and turns(date(r["DOB"]) or YEAR_END, 10) > YEAR_END
    ),
    "ssda903-178": lambda sent: (
        e
        for e in sent.episodes
        if e["PLACE_PROVIDER"]
        and (
            e["PLACE_PROVIDER"] not in {f"PR{number}" for number in range(6)}
            or e["PLACE"] in NO_PROVIDER
        )
    ),
    "ssda903-165": lambda sent: (r for r in sent.header if sent.mother_is_wrong(r)),
}


def test_the_ten_rules_that_find_most_hold_on_the_looked_after_sample(
    audited: Audited, shared: Path
) -> None:
    settings, result = audited
    assert set(most_found(result, "ssda903")) == set(SSDA903)
    sent = LookedAfter(shared / "returns" / "sample_ssda903")
    for rule_id, wrong in SSDA903.items():
        expected = {row["line"] for row in wrong(sent)}
        assert len(expected) >= 900
        assert lines_found(settings, rule_id) == expected, rule_id


CENSUS_START, CENSUS_DAY = dt.date(2021, 4, 1), dt.date(2022, 3, 31)
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
AUTHORITIES = [
    *((1, 5), (201, 213), (301, 320), (330, 336), (340, 344), (350, 359), (370, 373), (380, 384)),
    *((390, 394), (420, 420), (660, 681), (701, 708), (800, 803), (805, 808), (810, 813)),
    *((815, 816), (820, 823), (825, 826), (830, 831), (835, 841), (845, 846), (850, 852)),
    *((855, 857), (860, 861), (865, 896), (908, 909), (916, 916), (919, 919), (921, 921)),
    *((925, 926), (928, 929), (931, 931), (933, 933), (935, 938), (940, 941)),
]
"""The numbers of authorities rule 1530 knew in 2021/22, first to last."""


def text(element: Any, path: str) -> str:
    return (element.findtext(path) or "").strip()


def day(element: Any, path: str) -> dt.date | None:
    return dt.date.fromisoformat(text(element, path)) if text(element, path) else None


def outside_the_year(date_of: dt.date | None) -> bool:
    return date_of is not None and not CENSUS_START <= date_of <= CENSUS_DAY


def wrong_letter(number: str) -> bool:
    """Rule 1510."""
    if len(number) != 13 or not number[1:].isdigit():
        return False
    total = sum(int(digit) * weight for weight, digit in enumerate(number[1:], start=2))
    return number[0] != LETTERS[total % 23]


def no_authority(number: str) -> bool:
    """Rule 1530."""
    digits = number[1:4]
    if len(number) != 13:
        return False
    return not digits.isdigit() or not any(
        first <= int(digits) <= last for first, last in AUTHORITIES
    )


def is_stopped_and_worked_on(case: Any) -> bool:
    """Rule 8831."""
    if text(case, "ReferralNFA").lower() not in {"1", "true"}:
        return False
    paths = [
        *("DateOfInitialCPC", "Section47/DateOfInitialCPC", "Section47/S47ActualStartDate"),
        *("Assessments/AssessmentActualStartDate", "Assessments/AssessmentAuthorisationDate"),
    ]
    return any((found.text or "").strip() for path in paths for found in case.findall(path))


def closed_after_assessment(case: Any) -> bool:
    return text(case, "ReasonForClosure") in {"RC8", "RC9"}


def has_gone_on(case: Any) -> bool:
    """Rule 2990: what a case closed after assessment does not have."""
    parts = ("Section47", "ChildProtectionPlans", "CINPlanDates")
    return bool(text(case, "DateOfInitialCPC")) or any(
        case.find(part) is not None for part in parts
    )


def died(case: Any) -> dt.date | None:
    return day(case.getparent(), "ChildIdentifiers/PersonDeathDate")


def is_before(first: dt.date | None, then: dt.date | None) -> bool:
    return first is not None and then is not None and first < then


OF_A_CHILD: dict[str, Callable[[Any], bool]] = {
    "cin-1510": lambda child: wrong_letter(text(child, "ChildIdentifiers/UPN")),
    "cin-1530": lambda child: no_authority(text(child, "ChildIdentifiers/UPN")),
    "cin-8545Q": lambda child: outside_the_year(day(child, "ChildIdentifiers/PersonDeathDate")),
}
OF_A_CASE: dict[str, Callable[[Any], bool]] = {
    "cin-8831": is_stopped_and_worked_on,
    "cin-8620": lambda case: outside_the_year(day(case, "CINclosureDate")),
    "cin-8600": lambda case: (day(case, "CINreferralDate") or dt.date.max) > CENSUS_DAY,
    "cin-8585Q": lambda case: text(case, "ReasonForClosure") == "RC2" and died(case) is None,
    "cin-8825Q": lambda case: closed_after_assessment(case) and case.find("Assessments") is None,
    "cin-8555Q": lambda case: is_before(died(case), day(case, "CINreferralDate")),
    "cin-2990": lambda case: closed_after_assessment(case) and has_gone_on(case),
}


def test_the_ten_rules_that_find_most_hold_on_the_census_sample(
    audited: Audited, shared: Path
) -> None:
    settings, result = audited
    assert set(most_found(result, "cin_census")) == {*OF_A_CHILD, *OF_A_CASE}
    path = shared / "returns" / "sample_cin_census" / "fake_CIN_data.xml"
    root = etree.parse(path).getroot()
    for tag, rules in (("Child", OF_A_CHILD), ("CINdetails", OF_A_CASE)):
        for rule_id, is_wrong in rules.items():
            expected = {element.sourceline for element in root.iter(tag) if is_wrong(element)}
            assert len(expected) >= 20
            assert lines_found(settings, rule_id) == expected, rule_id
