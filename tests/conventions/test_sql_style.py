"""SQL reads as CONTRIBUTING says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from orchestration.settings import PROJECT_ROOT

pytestmark = pytest.mark.heavy

LINT = "import gc; gc.disable(); from sqlfluff.cli.commands import cli; cli()"
"""sqlfluff in one process, as the other processor is busy, and without looking for garbage."""


def test_sqlfluff_finds_nothing() -> None:
    lint = subprocess.run(
        [sys.executable, "-c", LINT, "lint", "--processes", "1", "dbt_project/models"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout[-5000:]
