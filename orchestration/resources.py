"""What a Dagster run is given: the settings, the moment it may know, and the write lock.

Resources own every path and connection; assets ask them and never read the environment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import dagster as dg
from dagster_dbt import DbtCliResource
from pydantic import Field, PrivateAttr

from orchestration.dbt import DBT_EXECUTABLE, DBT_PROJECT_DIR, FAR_FUTURE, PointInTime
from orchestration.lock import write_lock
from orchestration.settings import Settings, load_settings

LONDON = ZoneInfo("Europe/London")


class PierRun(dg.ConfigurableResource):  # type: ignore[type-arg]
    """One run's knowledge of the world.

    Attributes:
        as_at: Day for in-year figures (ISO date); empty means the day the run was created,
            in London.
        as_known_at: Deliveries received after this moment are left out (ISO timestamp,
            UTC); empty means all count.
        rebuild: Build and publish again even when nothing has changed since the last
            publication.
    """

    as_at: str = Field(default="", description="Day for in-year figures, as 2017-07-31.")
    as_known_at: str = Field(default="", description="Moment (UTC) up to which deliveries count.")
    rebuild: bool = Field(default=False, description="Build even when nothing has changed.")

    _created: dt.datetime = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[PierRun]:
        """Take the write lock for as long as the run lasts."""
        if context.instance is None or context.run is None:
            raise dg.DagsterInvariantViolationError("PierRun belongs to a run.")
        record = context.instance.get_run_record_by_id(context.run.run_id)
        self._created = record.create_timestamp if record else dt.datetime.now(dt.UTC)
        with write_lock(self.settings):
            yield self

    @property
    def settings(self) -> Settings:
        """Pier's settings on this machine."""
        return load_settings()

    @property
    def started_at(self) -> dt.datetime:
        """When the run was created (UTC): the one reading of the clock that a run rests on."""
        return self._created.astimezone(dt.UTC)

    @property
    def point(self) -> PointInTime:
        """The moment the run's figures are for."""
        return PointInTime(
            as_at=dt.date.fromisoformat(self.as_at)
            if self.as_at
            else self._created.astimezone(LONDON).date(),
            as_known_at=dt.datetime.fromisoformat(self.as_known_at)
            if self.as_known_at
            else FAR_FUTURE,
        )


def dbt_resource() -> DbtCliResource:
    """The dbt of this environment, on Pier's project."""
    return DbtCliResource(
        project_dir=str(DBT_PROJECT_DIR),
        profiles_dir=str(DBT_PROJECT_DIR),
        dbt_executable=str(DBT_EXECUTABLE),
        global_config_flags=["--no-use-colors"],
    )
