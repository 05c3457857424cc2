"""SQL reads as CONTRIBUTING says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_ROOT


@pytest.mark.heavy
def test_sqlfluff_finds_nothing() -> None:
    lint = subprocess.run(
        [str(Path(sys.executable).with_name("sqlfluff")), "lint", "dbt_project/models"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout[-5000:]
