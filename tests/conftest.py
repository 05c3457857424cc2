"""Fixtures every test may use: settings of a home of its own, and the shared material if there."""

from __future__ import annotations

import datetime as dt
import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fixtures.homes import NewHome, read_project
from xdist.scheduler import LoadFileScheduling

from orchestration.dbt import PointInTime
from orchestration.settings import PROJECT_ROOT, Settings, load_settings

SHARED = PROJECT_ROOT.parent / "shared"

TOGETHER = {"tests/unit/demo", "tests/integration/boroughs"}
"""Folders whose tests share something dear, as the demo borough; elsewhere a file's tests do."""

LONGEST_FIRST = (
    "tests/integration/test_nightly.py",
    "tests/integration/test_known_answers_in_marts.py",
    "tests/integration/test_benchmarks.py",
    "tests/integration/boroughs/",
    "tests/conventions/test_sql_style.py",
    "tests/unit/demo/",
)
"""What takes a minute or more is begun first, so that no worker sits idle at the end."""


@functools.cache
def is_heavy(file: str) -> bool:
    """Whether the tests of a file are marked heavy, read from it: who deals them out knows names.

    Args:
        file: The file, or a test in it, as pytest names it.
    """
    text = (PROJECT_ROOT / file.partition("::")[0]).read_text(encoding="utf-8")
    return "\npytestmark = pytest.mark.heavy\n" in text


class BySharing(LoadFileScheduling):
    """Gives one worker all tests that share something, and heavy ones only while the rest pass.

    Fast and heavy tests are dealt out in one run, because collecting them all takes a worker half
    a minute, and so that none waits for the last of the fast ones.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        folder = file.rpartition("/")[0]
        return folder if folder in TOGETHER else file

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """When a fast test has failed, no heavy one is begun."""
        if report.failed and not is_heavy(report.nodeid):
            for scope, tests in list(self.workqueue.items()):
                if is_heavy(next(iter(tests))):
                    del self.workqueue[scope]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BySharing:
    """How tests are dealt out to workers, whatever ``--dist`` says."""
    scheduler = BySharing(config, log)
    config.pluginmanager.register(scheduler)
    return scheduler


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put fast tests before heavy ones, and the longest of each first; the rest stay in order."""
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}

    def place(item: pytest.Item) -> tuple[bool, int]:
        heavy = is_heavy(item.nodeid)
        if heavy != (item.get_closest_marker("heavy") is not None):
            raise pytest.UsageError(f"{item.nodeid}: a file's tests are all heavy, or none is")
        named = (places[name] for name in places if item.nodeid.startswith(name))
        return heavy, min(named, default=99)

    items.sort(key=place)


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
def project_read(pytestconfig: pytest.Config) -> Callable[[Settings, PointInTime], None]:
    """Puts into a home what dbt knows of the project (fixtures.homes)."""
    assert pytestconfig.cache is not None
    return functools.partial(read_project, pytestconfig.cache.mkdir("dbt"))


@pytest.fixture(scope="session")
def new_home(
    project_read: Callable[[Settings, PointInTime], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> NewHome:
    """Makes homes in which dbt knows the project already; nothing else is there."""

    def make(name: str, point: PointInTime) -> Settings:
        settings = load_settings({"PIER_HOME": str(tmp_path_factory.mktemp(name))})
        project_read(settings, point)
        return settings

    return make


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared folder beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared, which lies beside the checkout where Pier is developed")
    return SHARED
