"""The dbt project as Dagster assets: every model, its tests as checks, rows and seconds."""

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DbtCliEventMessage, DbtCliResource, dbt_assets
from dagster_dbt.errors import DagsterDbtCliRuntimeError

from orchestration.dbt import dbt_environment, dbt_vars
from orchestration.resources import PierRun
from orchestration.settings import Settings
from orchestration.translator import PierTranslator

NIGHTLY_LEAVES_OUT = (
    *("--exclude-resource-type", "unit_test"),
    *("--exclude", "resource_type:test,path:models/staging"),
)
BUILD = (
    "build",
    # A seed whose columns changed is made anew; no model here keeps rows of last night.
    "--full-refresh",
    # The manifest is read before; writing it anew, and twice, takes seconds of a run.
    "--no-write-json",
    *NIGHTLY_LEAVES_OUT,
)
"""The nightly run's dbt command, without its variables."""

progress = logging.getLogger("pier.progress")


def build_dbt_assets(manifest: Path) -> dg.AssetsDefinition:
    """Every model and seed of the project, built by one ``dbt build``.

    Unit tests are left out: they test the SQL, not the data, and run in `make test`. So are
    the data tests of staging: what arrives is judged by the audit, for the owner to mend.

    Args:
        manifest: dbt's manifest of the project as it stands.
    """

    @dbt_assets(manifest=manifest, dagster_dbt_translator=PierTranslator(), name="dbt_build")
    def dbt_build(
        context: dg.AssetExecutionContext, dbt: DbtCliResource, pier: PierRun
    ) -> Iterator[Any]:
        settings = pier.settings
        os.environ.update(dbt_environment(settings, pier.point))
        invocation = dbt.cli(
            [*BUILD, "--vars", json.dumps(dbt_vars(settings))],
            context=context,
            target_path=settings.dbt_target_dir,
        )
        failed: list[str] = []
        events = (
            asset_event
            for event in _noting_failures(invocation.stream_raw_events(), failed)
            for asset_event in event.to_default_asset_events(
                invocation.manifest,
                invocation.dagster_dbt_translator,
                context,
                invocation.target_path,
            )
        )
        try:
            # dbt holds the warehouse while it runs, so rows are counted when it has ended.
            built = list(_with_progress(events, total=len(context.selected_asset_keys)))
        except DagsterDbtCliRuntimeError as error:
            names = ", ".join(failed) or "nothing: the project itself could not be read"
            raise dg.Failure(
                description=f"dbt could not build: {names}. "
                f"Its own words are in {settings.dbt_target_dir / 'dbt.log'}.",
            ) from error
        finally:
            # Whatever went wrong, dbt must not outlive the run and hold the warehouse.
            invocation.process.terminate()
            invocation.process.wait()
        yield from _with_row_counts(context, built, settings)

    return dbt_build


def _noting_failures(
    events: Iterator[DbtCliEventMessage], failed: list[str]
) -> Iterator[DbtCliEventMessage]:
    """Note the names of models and tests that fail; what dbt says of them may quote a cell."""
    for event in events:
        node = event.raw_event["data"].get("node_info", {})
        if event.is_result_event and node["node_status"] in ("error", "fail", "runtime error"):
            failed.append(node["unique_id"].split(".")[2])
        yield event


def _with_progress(events: Iterator[Any], total: int) -> Iterator[Any]:
    built = 0
    for event in events:
        if isinstance(event, dg.Output | dg.AssetMaterialization | dg.MaterializeResult):
            built += 1
            progress.info("dbt: %d of %d tables and views built", built, total)
            yield event


def _with_row_counts(
    context: dg.AssetExecutionContext, events: list[Any], settings: Settings
) -> Iterator[Any]:
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as warehouse:
        tables = warehouse.execute(
            "select schema_name, table_name, estimated_size from duckdb_tables()"
        ).fetchall()
    rows_by_key = {dg.AssetKey([schema, name]): rows for schema, name, rows in tables}
    for event in events:
        if isinstance(event, dg.Output):
            rows = rows_by_key.get(context.asset_key_for_output(event.output_name))
            if rows is not None:
                yield event.with_metadata({**event.metadata, "dagster/row_count": rows})
                continue
        yield event
