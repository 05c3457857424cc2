"""The rules of the looked-after children return: their codes, and how a finding reads.

Which rows each rule fails is told by ``examples/ssda903``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import duckdb
import pytest
from fixtures.scratch_warehouse import build, catalogue, deliver, failing, undone

from expectations.checks import Codes
from orchestration.landing.code_lists import CODE_LISTS

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
    code_sets = {
        "sex_code": "SEX_903",
        "ethnicity_code": "ETHNIC",
        "start_reason_code": "RNE",
        "legal_status_code": "LS",
        "category_of_need_code": "CIN_903",
        "placement_type_code": "PLACE",
        "end_reason_code": "REC",
        "placement_change_reason_code": "REASON_PLACE_CHANGE",
        "participation_code": "REVIEW_CODE",
        "contact_code": "IN_TOUCH",
        "activity_code": "ACTIV",
        "accommodation_code": "ACCOM",
        "reversal_reason_code": "REASON_PLACED_CEASED",
        "sdq_reason_code": "SDQ_REASON",
        "missing_type_code": "MISSING",
        "previous_permanence_code": "PREV_PERM",
        "adopters_sex_code": "SEX_ADOPTR",
        "adopters_relationship_code": "LS_ADOPTR",
        "change_reason_code": "SW_REASON",
    }
    judged = {
        rule.check.column: rule.check for rule in CATALOGUE.rules if isinstance(rule.check, Codes)
    }
    assert set(judged) == set(code_sets) | YES_OR_NO
    for column, check in judged.items():
        if column in YES_OR_NO:
            continue
        known = {row["code"] for row in CODE_LISTS[code_sets[column]].rows()}
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
