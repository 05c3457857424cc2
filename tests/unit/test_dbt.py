"""How dbt is started, without starting it."""

from __future__ import annotations

import datetime as dt
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


def test_dbt_is_told_what_the_run_may_know_and_where_to_write(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its environment: another variable makes dbt read the whole project anew."""
    told: dict[str, str] = {}

    def run(
        command: Sequence[str], env: dict[str, str], **_: Any
    ) -> subprocess.CompletedProcess[bytes]:
        told.update(env)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    run_dbt(settings, PointInTime(dt.date(2017, 7, 31), dt.datetime(2017, 9, 1, 2, 30)), ["build"])
    assert told["DBT_PIER_AS_AT"] == "2017-07-31"
    assert told["DBT_PIER_AS_KNOWN_AT"] == "2017-09-01 02:30:00"
    assert told["DBT_PIER_WAREHOUSE"] == str(settings.warehouse_file)
    run_dbt(settings, PointInTime(dt.date(2017, 7, 31)), ["build"])
    assert told["DBT_PIER_AS_KNOWN_AT"] == "9999-12-31 23:59:59"


def test_an_environment_set_up_before_says_what_to_run(
    settings: Settings, point: PointInTime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dbt, "DBT_EXECUTABLE", tmp_path / "pier-dbt")
    with pytest.raises(FileNotFoundError, match=r"pier-dbt is not installed.*make setup"):
        run_dbt(settings, point, ["parse"])
