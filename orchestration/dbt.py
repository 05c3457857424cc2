"""Running dbt on the restricted warehouse.

What belongs here: how dbt is started (paths, variables, manifest). What does not: which
models exist or what they mean, which is dbt_project's business.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration.settings import PROJECT_ROOT, Settings

DBT_PROJECT_DIR = PROJECT_ROOT / "dbt_project"
SEEDS_DIR = PROJECT_ROOT / "seeds"
DBT_EXECUTABLE = Path(sys.executable).with_name("pier-dbt" + (".exe" if os.name == "nt" else ""))

DBT_THREADS = 4
"""Models that dbt builds side by side."""

FAR_FUTURE = dt.datetime(9999, 12, 31, 23, 59, 59)
"""``as_known_at`` when nothing is to be forgotten: every delivery counts."""


@dataclass(frozen=True)
class PointInTime:
    """What a run may know: the clock is read once, where a run starts, and never in a model.

    Attributes:
        as_at: The day in-year figures are worked out for.
        as_known_at: Only deliveries received up to this moment (UTC) count.
    """

    as_at: dt.date
    as_known_at: dt.datetime = FAR_FUTURE

    @property
    def forgets(self) -> bool:
        """Whether the run stands for a moment of the past, and leaves later deliveries out."""
        return self.as_known_at != FAR_FUTURE


def dbt_vars(settings: Settings) -> dict[str, str | int]:
    """The variables every dbt run is given: with others, dbt reads the whole project anew.

    Returns:
        ``home_la_code`` (DfE number) and ``small_number_limit`` (children).
    """
    return {
        "home_la_code": settings.home_authority,
        "small_number_limit": settings.small_number_limit,
    }


def point_environment(point: PointInTime) -> dict[str, str]:
    """The environment variables that say what a run may know: ISO date, and timestamp in UTC."""
    return {
        "DBT_PIER_AS_AT": point.as_at.isoformat(),
        "DBT_PIER_AS_KNOWN_AT": point.as_known_at.isoformat(sep=" ", timespec="seconds"),
    }


def dbt_environment(settings: Settings, point: PointInTime) -> dict[str, str]:
    """The environment variables the project, its profile and dbt itself read."""
    return {
        **point_environment(point),
        "DBT_PIER_WAREHOUSE": str(settings.warehouse_file),
        "DBT_PIER_THREADS": str(DBT_THREADS),
        "DBT_PIER_QUERY_THREADS": str(_query_threads()),
        "DBT_PROJECT_DIR": str(DBT_PROJECT_DIR),
        "DBT_PROFILES_DIR": str(DBT_PROJECT_DIR),
        "DBT_TARGET_PATH": str(settings.dbt_target_dir),
        "DBT_LOG_PATH": str(settings.dbt_log_dir),
    }


def _query_threads() -> int:
    """DuckDB's threads: dbt's own run a query each, those of the processors left over help them.

    One more than dbt's and the processors allow, and handing the rows of small tables from one
    thread to another costs an eighth of all building.
    """
    return max(1, (os.cpu_count() or 1) - DBT_THREADS + 1)


def run_dbt(
    settings: Settings,
    point: PointInTime,
    arguments: Sequence[str],
    environ: Mapping[str, str] | None = None,
) -> int:
    """Run one dbt command in a process of its own and wait for it.

    A process of its own, because DuckDB lets one process write to a file: when dbt has
    ended, the warehouse is free again.

    Args:
        settings: Where the warehouse and dbt's own files are.
        point: What the run may know.
        arguments: dbt's command and options, as ``["build", "--select", "staging"]``. Variables
            among them (``--vars``, YAML) are added to those every run is given.
        environ: Variables to add to those of this process.

    Returns:
        dbt's exit code: 0 done, 1 something failed, 2 dbt itself could not run.

    Raises:
        FileNotFoundError: The environment was set up before it needed ``pier-dbt``.
    """
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    settings.dbt_log_dir.mkdir(parents=True, exist_ok=True)
    variables, options = _split_vars(arguments)
    variables = dbt_vars(settings) | variables
    command = [str(DBT_EXECUTABLE), *options, "--vars", json.dumps(variables)]
    try:
        completed = subprocess.run(  # noqa: S603 - our own interpreter and arguments
            command,
            cwd=DBT_PROJECT_DIR,
            env={**os.environ, **dbt_environment(settings, point), **(environ or {})},
            check=False,
        )
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{DBT_EXECUTABLE.name} is not installed beside Python. "
            "Run `python bootstrap.py setup` in Pier's folder (or `make setup`), then try again."
        ) from error
    return completed.returncode


def _split_vars(arguments: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """The variables among dbt's options, and the other options: dbt would take the last of two."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--vars", type=yaml.safe_load, default={})
    given, options = parser.parse_known_args(arguments)
    return dict(given.vars), options


def manifest_file(settings: Settings, point: PointInTime | None = None) -> Path:
    """The manifest of the models as they stand, made again when a file of theirs is newer.

    Args:
        settings: Where dbt's files are.
        point: What the coming run may know; a manifest parsed with the variables of the
            run lets dbt skip parsing again.

    Returns:
        The path of ``manifest.json``.

    Raises:
        RuntimeError: dbt could not read the project; dbt's own words are in its log.
    """
    manifest = settings.dbt_target_dir / "manifest.json"
    newest = max(path.stat().st_mtime for path in project_files())
    if not manifest.exists() or manifest.stat().st_mtime < newest:
        point = point or PointInTime(as_at=dt.date(1970, 1, 1))
        if run_dbt(settings, point, ["--quiet", "parse"]) != 0:
            raise RuntimeError(
                f"dbt could not read the project in {DBT_PROJECT_DIR.name}/; "
                f"see {settings.dbt_log_dir / 'dbt.log'}."
            )
    return manifest


def code_fingerprint() -> str:
    """A hash of everything that decides what is built from the same deliveries."""
    digest = hashlib.sha256()
    for path in [*project_files(), *_python_and_rules()]:
        digest.update(str(path.relative_to(PROJECT_ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _python_and_rules() -> Iterator[Path]:
    for package in ("orchestration", "expectations"):
        for path in sorted((PROJECT_ROOT / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def project_files() -> Iterator[Path]:
    """Every file a manifest is made from: models, macros, tests, seeds and their YAML."""
    for folder in (DBT_PROJECT_DIR, SEEDS_DIR):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".sql", ".py", ".yml", ".csv", ".md"} and "target" not in path.parts:
                yield path
