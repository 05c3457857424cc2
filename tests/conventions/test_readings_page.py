"""docs/readings.md says of every open definition what the project says."""

from __future__ import annotations

import re

import pytest

from orchestration.readings import Reading, known_readings
from orchestration.settings import PROJECT_ROOT

DEFINITION = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+\.) \|$", re.MULTILINE)
EFFECT = re.compile(r"^\| `(\w+)` \| ([^|]+) \| (\d+|not measured) \|", re.MULTILINE)


@pytest.fixture(scope="module")
def page() -> str:
    return (PROJECT_ROOT / "docs" / "readings.md").read_text(encoding="utf-8")


def written(value: bool | int | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def row(reading: Reading) -> tuple[str, str, str, str]:
    others = ", ".join(map(written, reading.others))
    return reading.name, written(reading.default), others, reading.why


def test_every_reading_is_on_the_page_as_it_is_in_the_project(page: str) -> None:
    assert sorted(DEFINITION.findall(page)) == sorted(map(row, known_readings().values()))


def test_every_other_reading_has_been_tried_or_is_said_not_to_have_been(page: str) -> None:
    effects = page.partition("## What they are worth")[2]
    tried = [(name, value) for name, value, _ in EFFECT.findall(effects)]
    assert sorted(tried) == sorted(
        (reading.name, written(other))
        for reading in known_readings().values()
        for other in reading.others
    )
