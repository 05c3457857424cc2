"""The table of choices names real disagreements, once each, with a reason."""

import csv
from importlib import resources
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared/figures/contradictions.csv"


def choices() -> list[dict[str, str]]:
    text = resources.files("demo").joinpath("data/choices.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_every_choice_says_between_what_and_why() -> None:
    rows = choices()
    assert len({row["case"] for row in rows}) == len(rows) >= 25
    assert all(all(row.values()) for row in rows)


def test_choices_are_among_the_disagreements_found() -> None:
    if not SHARED.exists():
        pytest.skip("the list of disagreements is not part of the repository")
    with SHARED.open(encoding="utf-8", newline="") as file:
        known = {row["id"]: row["document_a"] for row in csv.DictReader(file)}
    for row in choices():
        assert known[row["case"]] == row["document"], row["case"]
