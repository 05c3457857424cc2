"""How dbt is started, without starting it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from orchestration import dbt
from orchestration.dbt import PointInTime, dbt_vars, run_dbt
from orchestration.settings import Settings


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The commands that would have been run."""
    commands: list[Sequence[str]] = []

    def run(command: Sequence[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    return commands


@pytest.mark.parametrize(
    "given",
    [
        ["--vars", "{missing_is_placement: true}"],
        ["--vars={missing_is_placement: true}"],
    ],
)
def test_variables_by_hand_are_added_to_those_of_the_run(
    settings: Settings, point: PointInTime, started: list[Sequence[str]], given: list[str]
) -> None:
    """dbt takes the last ``--vars`` alone: given twice, one of them would be lost in silence."""
    run_dbt(settings, point, ["build", *given, "--select", "staging"])
    [command] = started
    assert [*command[1:4]] == ["build", "--select", "staging"]
    assert command.count("--vars") == 1
    variables = json.loads(command[command.index("--vars") + 1])
    assert variables == dbt_vars(settings) | {"missing_is_placement": True}


def test_without_variables_by_hand_the_run_has_its_own(
    settings: Settings, point: PointInTime, started: list[Sequence[str]]
) -> None:
    run_dbt(settings, point, ["--quiet", "build"])
    [command] = started
    assert [*command[1:]] == ["--quiet", "build", "--vars", json.dumps(dbt_vars(settings))]


def test_an_environment_set_up_before_says_what_to_run(
    settings: Settings, point: PointInTime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dbt, "DBT_EXECUTABLE", tmp_path / "pier-dbt")
    with pytest.raises(FileNotFoundError, match=r"pier-dbt is not installed.*make setup"):
        run_dbt(settings, point, ["parse"])
