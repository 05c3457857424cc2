"""The rules of the looked-after children return: their codes, and how a finding reads.

Which rows each rule fails is told by ``examples/ssda903``.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator

import duckdb
import pytest
from fixtures.scratch_warehouse import build, catalogue, deliver, failing, undone

from expectations.checks import Codes
from orchestration.settings import PROJECT_ROOT

CATALOGUE = catalogue("ssda903")
RULES = {rule.key: rule for rule in CATALOGUE.rules}
YES_OR_NO = {"foster_carer_adoption_code"}
"""Columns of 1 and 0, which need no seed to say what they mean."""


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        build(connection)
        yield connection


def test_a_rule_knows_only_codes_the_reference_data_knows() -> None:
    """The rules say which codes a year takes, the seeds what codes mean: both must know them."""
    seeds = {
        "sex_code": "ref_sex",
        "ethnicity_code": "ref_ethnicity",
        "start_reason_code": "ref_episode_start_reason",
        "legal_status_code": "ref_legal_status",
        "category_of_need_code": "ref_category_of_need",
        "placement_type_code": "ref_placement_type",
        "end_reason_code": "ref_episode_end_reason",
        "placement_change_reason_code": "ref_placement_change_reason",
        "participation_code": "ref_review_participation",
        "contact_code": "ref_care_leaver_contact",
        "activity_code": "ref_care_leaver_activity",
        "accommodation_code": "ref_care_leaver_accommodation",
        "reversal_reason_code": "ref_adoption_reversal_reason",
        "sdq_reason_code": "ref_sdq_reason",
        "missing_type_code": "ref_missing_type",
        "previous_permanence_code": "ref_previous_permanence",
        "adopters_sex_code": "ref_adopters_sex",
        "adopters_relationship_code": "ref_adopters_relationship",
        "change_reason_code": "ref_social_worker_change_reason",
    }
    judged = {
        rule.check.column: rule.check for rule in CATALOGUE.rules if isinstance(rule.check, Codes)
    }
    assert set(judged) == set(seeds) | YES_OR_NO
    for column, check in judged.items():
        if column in YES_OR_NO:
            continue
        path = PROJECT_ROOT / "seeds" / "reference" / f"{seeds[column]}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            known = {row["code"] for row in csv.DictReader(file)}
        allowed = {code for period in check.periods for code in period.codes}
        assert allowed <= known, column


def test_a_finding_shows_file_line_key_and_the_text_that_was_sent(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    with undone(warehouse) as connection:
        closed = {
            "child_id": "c1",
            "episode_start_date": dt.date(2016, 5, 1),
            "end_reason_code": "E8",
        }
        rows = {"episodes": [closed, {"child_id": "c1", "untyped": {"decom": "May 16"}}]}
        deliver(connection, CATALOGUE, rows)
        [unread] = failing(connection, CATALOGUE, RULES["ssda903-141#1"])
        [no_end] = failing(connection, CATALOGUE, RULES["ssda903-148#1"])
    assert unread["source_file"] == "episodes.csv"
    assert unread["source_line"] == 3
    assert (unread["la_code"], unread["period_label"]) == ("882", "2016/17")
    assert unread["offending_text"] == "DECOM=May 16"
    assert no_end["key_columns"] == "CHILD=c1, DECOM=01/05/2016"
    assert no_end["offending_text"] == "DEC=(blank), REC=E8"


def test_children_of_other_authorities_and_years_are_never_compared(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    with undone(warehouse) as connection:
        deliver(connection, CATALOGUE, {"header": [{"child_id": "a"}]}, "2015/16")
        deliver(connection, CATALOGUE, {"header": [{"child_id": "a"}]}, "2016/17")
        assert failing(connection, CATALOGUE, RULES["ssda903-INT32#1"]) == []
