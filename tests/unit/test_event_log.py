"""Dagster's event log over kept connections: the same files, for whoever reads them."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from orchestration.event_log import EventLog
from orchestration.nightly import prepare_dagster_home
from orchestration.settings import Settings

KEY = dg.AssetKey(["marts", "invented"])


@dg.asset_check(asset=KEY, name="is_whole")
def is_whole() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)


@dg.asset(key=KEY)
def invented() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"rows": 3})


@pytest.fixture
def instance(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", "")
    prepare_dagster_home(settings)
    with dg.DagsterInstance.get() as instance:
        yield instance


def run(instance: dg.DagsterInstance) -> str:
    return dg.materialize([invented, is_whole], instance=instance).run_id


def test_a_home_is_prepared_with_this_log(instance: dg.DagsterInstance, settings: Settings) -> None:
    assert isinstance(instance.event_log_storage, EventLog)
    run_id = run(instance)
    folder = settings.dagster_dir / "history" / "runs"
    assert {path.name for path in folder.glob("*.db")} == {"index.db", f"{run_id}.db"}


def test_dagsters_own_log_reads_what_was_written(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    run_ids = [run(instance), run(instance)]
    plain = SqliteEventLogStorage(str(settings.dagster_dir / "history" / "runs"))
    kept = instance.event_log_storage
    for run_id in run_ids:
        told = [record.message for record in plain.get_logs_for_run(run_id)]
        assert told == [record.message for record in kept.get_logs_for_run(run_id)]
        assert len(told) > 5
    found = plain.fetch_materializations(KEY, limit=5).records
    assert [record.run_id for record in found] == run_ids[::-1]
    [check] = plain.get_latest_asset_check_execution_by_key([is_whole.check_key]).values()
    assert check.run_id == run_ids[-1]


def test_a_server_does_not_keep_every_run_open(instance: dg.DagsterInstance) -> None:
    first, second = run(instance), run(instance)
    log = instance.event_log_storage
    assert isinstance(log, EventLog)
    assert log.open_logs == {"index", second}
    assert log.get_logs_for_run(first)
    assert log.open_logs == {"index", first}
    log.dispose()
    assert log.open_logs == frozenset()
