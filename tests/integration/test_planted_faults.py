"""The demo borough with faults in it: each is found where it was planted, and nothing else is.

Every fault of a record is planted in a child (or an account) of its own. It has to be found by its
first rule on the very row; its other rules judge another row of the same child, as a move that ends
too late is told of the episode after it. Whatever else is found must be of somebody a fault was
planted in: a wrong date of birth also makes a placement unlawful.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources

import duckdb
import pytest
from fixtures.homes import NewHome

import demo
from expectations.catalogue import Rule, load_catalogues
from expectations.listing import RuleStatus, last_statuses
from expectations.runner import run_audit
from orchestration.dbt import PointInTime, run_dbt
from orchestration.settings import Settings

pytestmark = pytest.mark.heavy

PIER = "from orchestration.cli import main; main()"
RETURNS = ("ssda903", "cin_census", "placement_payments", "budget_ledger", "section251")
DIRECTORIES = ("postcode_directory", "authority_numbers", "ofsted_providers")
YEARS = [2016, 2017]
PLANTED_IN = "2016/17"
NOT_JUDGED = {
    # Rules of other years, and rules that need a directory no demo borough has.
    "233": "Nothing of ssda903 is in force for a year it holds in.",
    "392c": "No postcode directory is in force.",
    "444": "Nothing of ssda903 is in force for a year it holds in.",
    "633": "No dated list of authority numbers is in force.",
}
OF_THE_WHOLE_RETURN = {"cin-2883"}

Fault = dict[str, str]


@dataclass(frozen=True)
class Finding:
    """A failing row.

    Attributes:
        rule_id: The rule.
        code: Its code, or its id where it has none.
        file: The file it is in.
        line: Its line.
        who: The child, the account or the line of the outturn.
        said: The offending text.
    """

    rule_id: str
    code: str
    file: str
    line: int
    who: str
    said: str


def pier(settings: Settings, *arguments: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PIER, *arguments],
        env={**os.environ, "PIER_HOME": str(settings.home), "PIER_ENVIRONMENT": "test"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0 or arguments[0] == "land", run.stdout + run.stderr


@pytest.fixture(scope="module")
def audited(
    new_home: NewHome, tmp_path_factory: pytest.TempPathFactory, point: PointInTime
) -> Settings:
    """A home with two years of the borough, faults in them, landed, staged and judged."""
    settings = new_home("faults", point)
    everything = tmp_path_factory.mktemp("landing")
    demo.write(everything, years=YEARS, faults=True)
    settings.landing_dir.mkdir(parents=True)
    for name in (*RETURNS, demo.FAULTS):
        (everything / name).rename(settings.landing_dir / name)
    pier(settings, "land")
    staged = [f"staging.{name}" for name in (*RETURNS, *DIRECTORIES, "pier")]
    selected = ["--select", *staged, "path:../seeds/reference"]
    left_out = ["--exclude", "resource_type:test", "stg_pier__validation_outcomes"]
    assert run_dbt(settings, point, ["build", *selected, *left_out]) == 0
    chosen = [each for each in load_catalogues() if each.return_name in RETURNS]
    result = run_audit(settings, point, "faults", catalogues=chosen)
    assert result.crashed == ()
    return settings


@pytest.fixture(scope="module")
def faults(audited: Settings) -> list[Fault]:
    with (audited.landing_dir / demo.FAULTS).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["level"] == "record"]


@pytest.fixture(scope="module")
def findings(audited: Settings) -> list[Finding]:
    """What was found in the year the faults are in, less what is known of the clean borough."""
    with duckdb.connect(str(audited.warehouse_file), read_only=True) as connection:
        rows = connection.execute(
            "select distinct findings.rule_id, coalesce(dfe_code, findings.rule_id),"
            " findings.source_file, findings.source_line, findings.key_columns,"
            " findings.offending_text"
            " from validation.findings inner join validation.outcomes using (rule_id, run_id)"
            " where findings.period_label = ?",
            [PLANTED_IN],
        ).fetchall()
        payments = dict(
            connection.execute(
                "select payment_id, child_id from staging.stg_placement_payments__payments"
            ).fetchall()
        )
    found = []
    for rule_id, code, file, line, key, said in rows:
        who = re.sub(r"^[^=]*=", "", key.partition(", ")[0])
        who = re.sub(r"^.*account_code=([^,]*).*$", r"\1", key) if "account_code" in key else who
        found.append(Finding(rule_id, code, file, line, payments.get(who, who), said))
    return found


@pytest.fixture(scope="module")
def statuses(audited: Settings) -> dict[str, RuleStatus]:
    return last_statuses(audited.warehouse_file)


@pytest.fixture(scope="module")
def depths(audited: Settings) -> list[int]:
    """How far in each line of the census begins: an element a line, those within further in."""
    path = audited.landing_dir / f"cin_census/882/{PLANTED_IN.replace('/', '-')}/cin_census.xml"
    lines = path.read_text(encoding="utf-8").splitlines()
    return [len(line) - len(line.lstrip()) for line in lines]


def holds(depths: list[int], line: int, other: int) -> bool:
    """Whether one of two lines of the census lies within the element that begins on the other."""
    first, second = sorted((line, other))
    return all(depth > depths[first - 1] for depth in depths[first:second])


def is_there(finding: Finding, fault: Fault, depths: list[int]) -> bool:
    """Whether a finding is on the row a fault was planted in."""
    if finding.file != fault["file"]:
        return False
    line = int(fault["line"])
    return (
        holds(depths, line, finding.line) if finding.file.endswith("xml") else finding.line == line
    )


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of the returns faults are planted in."""
    return tuple(
        rule for each in load_catalogues() if each.return_name in RETURNS for rule in each.rules
    )


@cache
def judged_tables(code: str) -> set[str]:
    """The files a rule judges, as the return calls them."""
    return {rule.table.alias for rule in rules() if code in (rule.dfe_code, rule.rule_id)}


def test_each_fault_is_found_on_the_very_row(
    faults: list[Fault], findings: list[Finding], depths: list[int]
) -> None:
    by_code = defaultdict(list)
    for finding in findings:
        by_code[finding.code].append(finding)
        by_code[finding.rule_id].append(finding)
    missed = []
    for fault in faults:
        for position, code in enumerate(fault["rules"].split(";")):
            if code in NOT_JUDGED:
                continue
            of_the_row = fault["return_name"] == "cin_census" or (
                position == 0 and fault["table"] in judged_tables(code) | {fault["return_name"]}
            )
            hits = [
                finding
                for finding in by_code[code]
                if (is_there(finding, fault, depths) if of_the_row else finding.who == fault["key"])
            ]
            if not hits:
                missed.append((fault["fault"], code))
    assert missed == []


def test_a_rule_with_a_fault_finds_nobody_else(
    faults: list[Fault], findings: list[Finding], depths: list[int]
) -> None:
    """Whoever shares a number with a planted row is found with it, by the same words."""
    planted = {fault["key"] for fault in faults} - {""}
    lines = {(fault["file"], fault["line"]) for fault in faults}
    wanted = {code for fault in faults for code in fault["rules"].split(";")}
    known = known_of_the_clean_borough()
    words = {
        (finding.rule_id, finding.said)
        for finding in findings
        if finding.who in planted or (finding.file, str(finding.line)) in lines
    }
    strangers = [
        (finding.rule_id, finding.file, finding.line)
        for finding in findings
        if {finding.code, finding.rule_id} & wanted
        and finding.rule_id not in known | OF_THE_WHOLE_RETURN
        and finding.who not in planted
        and (finding.rule_id, finding.said) not in words
        and not any(is_there(finding, fault, depths) for fault in faults)
    ]
    assert strangers == []


def test_no_error_is_found_that_nobody_planted(
    findings: list[Finding],
    faults: list[Fault],
    depths: list[int],
) -> None:
    severities = {rule.rule_id: rule.severity for rule in rules()}
    planted = {fault["key"] for fault in faults} - {""}
    said = {(f.rule_id, f.said) for f in findings if f.who in planted}
    strangers = {
        finding.rule_id
        for finding in findings
        if severities[finding.rule_id] != "warning"
        and finding.who not in planted
        and (finding.rule_id, finding.said) not in said
        and not any(is_there(finding, fault, depths) for fault in faults)
    }
    assert strangers - known_of_the_clean_borough() - OF_THE_WHOLE_RETURN == set()


def test_rules_that_were_not_judged_say_why(statuses: dict[str, RuleStatus]) -> None:
    for code, reason in NOT_JUDGED.items():
        assert statuses[f"ssda903-{code}"] == RuleStatus("skipped", 0, 0, reason)


def test_every_rule_has_a_status(statuses: dict[str, RuleStatus]) -> None:
    assert set(statuses) == {rule.rule_id for rule in rules()}
    assert {status.outcome for status in statuses.values()} == {"passed", "failed", "skipped"}


def known_of_the_clean_borough() -> set[str]:
    text = resources.files("demo").joinpath("data/explained_findings.csv").read_text("utf-8")
    return {row["rule_id"] for row in csv.DictReader(text.splitlines())}
