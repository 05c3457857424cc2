"""Dagster's own command finds nothing wrong with the definitions."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from fixtures.homes import NewHome

from orchestration.dbt import PointInTime
from orchestration.settings import PROJECT_ROOT

pytestmark = pytest.mark.heavy


def test_dagster_validates_the_definitions(new_home: NewHome, point: PointInTime) -> None:
    home = new_home("validated", point).home
    validated = subprocess.run(
        [
            *(sys.executable, "-m", "dagster", "definitions", "validate"),
            *("--module-name", "orchestration.definitions"),
        ],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PIER_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert validated.returncode == 0, validated.stdout + validated.stderr
