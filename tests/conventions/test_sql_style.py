"""SQL reads as CONTRIBUTING says: SQLFluff with dbt's own compilation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.dbt import dbt_environment
from orchestration.settings import PROJECT_ROOT, load_settings


@pytest.mark.heavy
def test_sqlfluff_finds_nothing(tmp_path: Path) -> None:
    settings = load_settings({"PIER_HOME": str(tmp_path)})
    lint = subprocess.run(
        [str(Path(sys.executable).with_name("sqlfluff")), "lint", "dbt_project/models"],
        cwd=PROJECT_ROOT,
        env={**os.environ, **dbt_environment(settings), "DBT_PIER_WAREHOUSE": ":memory:"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout[-5000:]
