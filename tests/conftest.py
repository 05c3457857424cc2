"""Fixtures every test may use: settings of a home of its own, and the shared material if there."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from orchestration.dbt import PointInTime
from orchestration.settings import PROJECT_ROOT, Settings, load_settings

SHARED = PROJECT_ROOT.parent / "shared"


@pytest.fixture(autouse=True, scope="session")
def no_telemetry() -> None:
    """As the command line does: nothing reports usage to anybody."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "true"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a home of the test's own, also for code that reads the environment."""
    monkeypatch.setenv("PIER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PIER_ENVIRONMENT", "test")
    return load_settings()


@pytest.fixture(scope="session")
def point() -> PointInTime:
    """The day the Journey of the Child report of 2017 was written for."""
    return PointInTime(as_at=dt.date(2017, 7, 31))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared folder beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared, which lies beside the checkout where Pier is developed")
    return SHARED
