"""The nightly job in this process: the same job the schedule runs, without a server."""

from __future__ import annotations

import contextlib
import io
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.dbt import PointInTime, manifest_file
from orchestration.lock import RUN_IN_PROGRESS
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.summary import RunSummary, summarise

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult
    from dagster_shared.error import SerializableErrorInfo

DAGSTER_YAML = PROJECT_ROOT / "orchestration" / "dagster.yaml"


@dataclass(frozen=True)
class NightlyRun:
    """How a run in this process ended.

    Attributes:
        succeeded: Whether every step did what it should.
        failures: For each step that failed, its name and what it said.
        summary: What the run left behind.
    """

    succeeded: bool
    failures: tuple[tuple[str, str], ...]
    summary: RunSummary


def prepare_dagster_home(settings: Settings) -> None:
    """Give Dagster its storage folder and our settings: one run at a time, no telemetry."""
    settings.dagster_dir.mkdir(parents=True, exist_ok=True)
    configuration = DAGSTER_YAML.read_text(encoding="utf-8").replace(
        '"DAGSTER_HOME/', f'"{settings.dagster_dir.as_posix()}/'
    )
    (settings.dagster_dir / "dagster.yaml").write_text(configuration, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(settings.dagster_dir)


def run_nightly(
    settings: Settings,
    point: PointInTime | None = None,
    rebuild: bool = False,
    on_step: Callable[[str], None] = lambda _: None,
) -> NightlyRun:
    """Run landing, build, audit and publishing, and say how it went.

    Args:
        settings: The machine's settings.
        point: What the run may know; None means today, and every delivery.
        rebuild: Build even when nothing has changed since the last publication.
        on_step: Told in words what is being done, for a progress display.
    """
    prepare_dagster_home(settings)
    on_step("reading the models")
    # Parsed first, with the run's own variables, so that the build need not parse again.
    manifest_file(settings, point)
    on_step("starting Dagster")
    import dagster as dg

    from orchestration.definitions import defs
    from orchestration.resources import PierRun

    # Dagster notes at length what each rest skips; the summary says it in a line.
    logging.getLogger("dagster").setLevel(logging.ERROR)
    handler = _ProgressHandler(on_step)
    progress = logging.getLogger("pier.progress")
    progress.addHandler(handler)
    progress.setLevel(logging.INFO)
    pier = PierRun(
        as_at=point.as_at.isoformat() if point else "",
        as_known_at=point.as_known_at.isoformat() if point else "",
        rebuild=rebuild,
    )
    try:
        # dbt's own lines would bury the summary; they are in its log too.
        with contextlib.redirect_stdout(io.StringIO()):
            result = defs.resolve_job_def("nightly").execute_in_process(
                instance=dg.DagsterInstance.get(),
                resources={"pier": pier},
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                raise_on_error=False,
            )
    finally:
        progress.removeHandler(handler)
    return NightlyRun(
        succeeded=result.success,
        failures=tuple(_failures(result)),
        summary=summarise(settings, result.run_id),
    )


def _failures(result: ExecuteInProcessResult) -> Iterator[tuple[str, str]]:
    """Each step that failed, or the run itself where it failed before its first step."""
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data and data.user_failure_data.description:
                yield event.step_key or "", data.user_failure_data.description
            elif data.error:
                yield event.step_key or "", _kind_of(data.error.cause or data.error)
        elif event.event_type_value == "RESOURCE_INIT_FAILURE":
            error = event.engine_event_data.error
            if error and error.cls_name == "RunInProgressError":
                yield "run", RUN_IN_PROGRESS
            elif error:
                yield "run", _kind_of(error)


def _kind_of(error: SerializableErrorInfo) -> str:
    """What an unforeseen error is; its text may quote a cell, and stays in Dagster's storage."""
    return f"{error.cls_name} (details: pier serve, this run)"


class _ProgressHandler(logging.Handler):
    def __init__(self, on_step: Callable[[str], None]) -> None:
        super().__init__()
        self.on_step = on_step

    def emit(self, record: logging.LogRecord) -> None:
        self.on_step(record.getMessage())
