"""The catalogue has every indicator that the documents define."""

from __future__ import annotations

import csv
import re

import pytest

from orchestration.dbt import SEEDS_DIR


def seed(name: str) -> list[dict[str, str]]:
    path = SEEDS_DIR / "indicators" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_or_is_part_of(row_id: str, indicator_id: str) -> bool:
    """Whether a row is the indicator or a part: ``NI 53a``, ``NI 44 Asian``, not ``NI 530``."""
    return re.fullmatch(rf"{re.escape(indicator_id)}(?:[a-z]| .+)?", row_id) is not None


def test_no_indicator_of_the_documents_is_missing() -> None:
    catalogue = [row["indicator_id"] for row in seed("indicator_catalogue")]
    missing = [
        wanted["indicator_id"]
        for wanted in seed("expected_indicators")
        if not any(is_or_is_part_of(row, wanted["indicator_id"]) for row in catalogue)
    ]
    assert not missing


def test_an_indicator_has_the_family_it_has_in_the_documents() -> None:
    families = {row["indicator_id"]: row["family"] for row in seed("expected_indicators")}
    wrong = [
        row["indicator_id"]
        for row in seed("indicator_catalogue")
        if families.get(row["indicator_id"], row["family"]) != row["family"]
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("row_id", "whether"),
    [
        ("NI 53", True),
        ("NI 53a", True),
        ("NI 53 Asian", True),
        ("NI 530", False),
        ("NI 5", False),
        ("JC-NI 53", False),
    ],
)
def test_a_part_is_told_from_another_indicator(row_id: str, whether: bool) -> None:
    assert is_or_is_part_of(row_id, "NI 53") is whether


def test_case_116_a_score_is_no_count() -> None:
    """NI 71 marks five answers: nobody is counted, and no small number is withheld."""
    [row] = [row for row in seed("indicator_catalogue") if row["indicator_id"] == "NI 71"]
    assert (row["unit"], row["population"], row["measure"]) == ("score", "", "")
