"""What a run says it did not take: a file must never be passed over in silence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.console import print_deliveries
from orchestration.landing import LandingOptions, land
from orchestration.settings import Settings, load_settings
from orchestration.summary import summarise

REVIEWS = "CHILD,DOB,REVIEW,REVIEW_CODE\n1,01/02/2008,03/05/2016,PN1\n"
NOW = dt.datetime(2026, 4, 1, 2, 0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"PIER_HOME": str(tmp_path)})


def put(settings: Settings, path: str, content: str) -> None:
    file = settings.landing_dir / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")


def test_files_that_came_after_a_run_had_looked_are_said(settings: Settings) -> None:
    put(settings, "ssda903/882/2016-17/reviews.csv", REVIEWS)
    put(settings, "ssda903/882/2016-17/lost.csv", "NOTHING,KNOWN\n1,2\n")
    land(settings, None, NOW, run_id="first", options=LandingOptions(settle_seconds=0))
    assert summarise(settings, "first").left == ()
    put(settings, "ssda903/882/2015-16/reviews.csv", REVIEWS)
    put(settings, "ssda903/882/2016-17/reviews.csv", REVIEWS.replace("PN1", "PN22"))
    assert set(summarise(settings, "first").left) == {
        "ssda903/882/2015-16/reviews.csv",
        "ssda903/882/2016-17/reviews.csv",
    }


def test_files_left_are_named_and_many_are_counted() -> None:
    console = Console(record=True, width=100)
    print_deliveries(console, [], [f"ssda903/882/2016-17/{n}.csv" for n in range(12)])
    text = console.export_text()
    assert "left for the next run" in text
    assert "ssda903/882/2016-17/9.csv" in text
    assert "2016-17/10.csv" not in text
    assert "and 2 more" in text
    assert "Nothing new" not in text
