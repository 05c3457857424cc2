"""The boroughs of all tests of this folder, built once in one warehouse.

Building takes dbt almost as long for one borough as for ten. So each module here says with a
function ``send`` what its boroughs return, with ``MODELS`` what it wants to have built, and with
``TESTS`` which of dbt's tests are to pass; no two modules send the same return of an authority.
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Protocol

import pytest
from fixtures.homes import NewHome

from orchestration.dbt import PointInTime, run_dbt
from orchestration.landing.engine import LandingOptions, land
from orchestration.settings import Settings

AS_AT = dt.date(2018, 3, 31)


class Sender(Protocol):
    """A module of this folder."""

    MODELS: tuple[str, ...]
    TESTS: tuple[str, ...]

    def send(self, landing_dir: Path) -> None:
        """Write the returns of the module's boroughs."""


@pytest.fixture(scope="session")
def boroughs(request: pytest.FixtureRequest, new_home: NewHome) -> Settings:
    """A home with the boroughs of every module that is run, landed and built.

    Without dbt's other tests: tests/integration/test_nightly.py has them pass, and some boroughs
    here have faults on purpose.
    """
    here = Path(__file__).parent
    modules: dict[str, Sender] = {
        item.path.name: item.module for item in request.session.items if item.path.parent == here
    }
    point = PointInTime(AS_AT)
    settings = new_home("boroughs", point)
    for module in modules.values():
        module.send(settings.landing_dir)
    land(settings, None, dt.datetime.now(dt.UTC), options=LandingOptions(settle_seconds=0))
    wanted = {f"+{model}" for module in modules.values() for model in module.MODELS}
    wanted |= {test for module in modules.values() for test in module.TESTS}
    arguments = ["build", "--indirect-selection", "empty", "--select", *sorted(wanted)]
    assert run_dbt(settings, point, arguments) == 0
    return settings


@pytest.fixture
def copied_boroughs(boroughs: Settings, new_home: NewHome) -> Settings:
    """A home of its own with what was built, to be changed."""
    copy = new_home("copy", PointInTime(AS_AT))
    copy.warehouse_file.parent.mkdir(parents=True)
    shutil.copy(boroughs.warehouse_file, copy.warehouse_file)
    return copy
