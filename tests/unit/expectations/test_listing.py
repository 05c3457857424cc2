"""The table of rules."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import astuple, replace
from pathlib import Path

import duckdb
import pytest

from expectations.catalogue import load_catalogues
from expectations.findings import Outcome, create_tables
from expectations.listing import RuleStatus, as_markdown, last_statuses, listed_rules, main
from orchestration.settings import PROJECT_ROOT


def test_every_version_of_every_rule_is_listed_once() -> None:
    versions = [rule.key for catalogue in load_catalogues() for rule in catalogue.rules]
    assert len(listed_rules()) == len(versions)


def test_a_rule_reads_as_its_owner_would_say_it() -> None:
    [rule] = [rule for rule in listed_rules() if rule.rule_id == "ssda903-202"]
    assert (rule.dfe_code, rule.severity, rule.owner) == ("202", "warning", "social_care")
    assert (rule.file, rule.columns, rule.also_reads) == ("Header", "SEX", "Header (year before)")
    assert rule.not_checked == ""


def test_the_table_can_be_cut_to_a_return_and_a_year(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--return", "ssda903", "--year", "2023/24"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["return_name"] for row in rows} == {"ssda903"}
    codes = {row["dfe_code"] for row in rows}
    assert {"217t", "SW03STG1"} <= codes
    assert not {"444", "SW15STG2", "700"} & codes
    assert sum(row["rule_id"] == "ssda903-371" for row in rows) == 1


def test_the_page_of_rules_is_that_of_the_catalogue() -> None:
    page = (PROJECT_ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == as_markdown(listed_rules()), "write it anew: pier rules --markdown"


def test_the_status_of_a_rule_is_the_worst_of_the_last_audit(tmp_path: Path) -> None:
    passed = Outcome(
        run_id="old",
        rule_id="r",
        dfe_code=None,
        return_name="ssda903",
        table_name="t",
        severity="error",
        owner="social_care",
        message="m",
        la_code="882",
        period_label="2016/17",
        rows_checked=4,
        rows_failing=0,
        outcome="passed",
        reason=None,
        checked_at=dt.datetime(2017, 1, 1),
    )
    now = replace(passed, run_id="new", checked_at=dt.datetime(2017, 1, 2))
    outcomes = [
        replace(passed, outcome="crashed", reason="It broke."),
        now,
        replace(now, period_label="2015/16", outcome="failed", rows_failing=3),
        replace(now, period_label="2014/15", outcome="skipped", rows_checked=None, reason="No."),
        replace(now, rule_id="s", outcome="skipped", rows_checked=None, reason="No file."),
    ]
    warehouse = tmp_path / "pier.duckdb"
    assert last_statuses(warehouse) == {}
    with duckdb.connect(str(warehouse)) as connection:
        create_tables(connection)
        places = ", ".join("?" for _ in astuple(now))
        for outcome in outcomes:
            connection.execute(
                f"insert into validation.outcomes values ({places})", list(astuple(outcome))
            )
    assert last_statuses(warehouse) == {
        "r": RuleStatus("failed", 8, 3, None),
        "s": RuleStatus("skipped", 0, 0, "No file."),
    }
