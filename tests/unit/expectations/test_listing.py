"""The table of rules."""

from __future__ import annotations

import csv
import io

import pytest

from expectations.catalogue import load_catalogues
from expectations.listing import listed_rules, main


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
