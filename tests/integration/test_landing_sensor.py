"""The sensor waits until copying has ended, then asks for one run."""

from __future__ import annotations

import dagster as dg
import pytest

from orchestration.schedules import build_landing_sensor
from orchestration.settings import Settings


def look(cursor: str | None) -> tuple[list[dg.RunRequest], str | None]:
    context = dg.build_sensor_context(cursor=cursor)
    result = build_landing_sensor(automation=False)(context)
    if isinstance(result, dg.SensorResult):
        return list(result.run_requests or []), result.cursor
    return [], context.cursor


@pytest.fixture
def empty_zone(settings: Settings) -> Settings:
    settings.landing_dir.mkdir(parents=True)
    return settings


def test_a_file_that_rests_starts_one_run(empty_zone: Settings) -> None:
    (empty_zone.landing_dir / "a.csv").write_text("CHILD\n")
    requests, cursor = look(None)
    assert not requests, "it may still be arriving"
    requests, cursor = look(cursor)
    assert len(requests) == 1
    requests, cursor = look(cursor)
    assert not requests, "nothing has changed since"


def test_a_file_still_growing_waits(empty_zone: Settings) -> None:
    growing = empty_zone.landing_dir / "a.csv"
    growing.write_text("CHILD\n")
    _, cursor = look(None)
    growing.write_text("CHILD\n1\n")
    requests, cursor = look(cursor)
    assert not requests
    requests, _ = look(cursor)
    assert len(requests) == 1
