"""Landing as Dagster assets: one for each raw table, all filled by one step."""

import logging
from collections.abc import Iterator, Sequence

import dagster as dg
import duckdb

from expectations.findings import create_tables
from orchestration.fingerprint import inputs_fingerprint, published_fingerprint
from orchestration.gate import hold_critical_failures
from orchestration.landing.contracts import load_contracts
from orchestration.landing.engine import land
from orchestration.landing.outcome import Delivery
from orchestration.resources import PierRun

progress = logging.getLogger("pier.progress")

LANDING_ZONE = dg.AssetSpec(
    "landing_zone",
    group_name="landing",
    description="Files as their owners sent them; Pier only ever reads this folder.",
)

MANIFEST = dg.AssetKey(["raw", "deliveries"])

TRANSIENT = (OSError, duckdb.IOException)
"""A share that blinked or a file held by another program: worth a second try."""


def _raw_table_specs() -> Iterator[dg.AssetSpec]:
    descriptions = {
        "deliveries": "The manifest: who sent what, when, and what became of it.",
        "rejected_rows": "Lines that could not be taken, with their text and the reason.",
    }
    for contract in load_contracts():
        for table in contract.tables:
            descriptions[table.raw_name] = table.description
    for name, description in descriptions.items():
        yield dg.AssetSpec(
            ["raw", name],
            deps=[LANDING_ZONE],
            group_name="landing",
            description=description,
            # Not filled when the publication that stands already rests on the same
            # deliveries, code and day: everything downstream then rests too.
            skippable=True,
        )


@dg.multi_asset(specs=list(_raw_table_specs()), name="land_returns")
def land_returns(
    context: dg.AssetExecutionContext, pier: PierRun
) -> Iterator[dg.MaterializeResult[None]]:
    """Land every new file, then say whether there is anything to build."""
    settings = pier.settings
    try:
        landed = land(
            settings,
            None,
            pier.started_at,
            run_id=context.run_id,
            on_delivery=lambda it: progress.info("landing: %s %s", it.source_file, it.fate),
            on_rows=lambda file, rows: progress.info("landing: %s, %s rows", file, f"{rows:,}"),
        )
    except TRANSIENT as error:
        raise dg.RetryRequested(max_retries=2, seconds_to_wait=20) from error
    # A report of the past takes deliveries as they were judged then.
    if settings.hold_critical_returns and not pier.point.forgets:
        held = hold_critical_failures(settings, pier.point, context.run_id, pier.started_at)
        progress.info("gate: %d deliveries held back", len(held))
    wanted = inputs_fingerprint(settings, pier.point)
    if wanted == published_fingerprint(settings) and not pier.rebuild:
        context.log.info("Nothing has changed since the last publication; it stands.")
        return
    with duckdb.connect(str(settings.warehouse_file)) as warehouse:
        # dbt's views show the last audit's outcomes, so their tables stand before it runs.
        create_tables(warehouse)
        tables = warehouse.execute(
            "select table_name, estimated_size from duckdb_tables() where schema_name = 'raw'"
        ).fetchall()
    rows_by_table = dict(tables)
    files = _as_table(landed.deliveries)
    for spec in _raw_table_specs():
        yield dg.MaterializeResult(
            asset_key=spec.key,
            metadata={
                **({"files": files} if spec.key == MANIFEST else {}),
                "dagster/row_count": rows_by_table[spec.key.path[-1]],
                "deliveries_in_this_run": len(landed.deliveries),
                "refused_in_this_run": len(landed.of_fate("refused")),
                "seconds": round(landed.seconds, 2),
            },
        )


def _as_table(deliveries: Sequence[Delivery]) -> dg.TableMetadataValue:
    """A line for each file and table of a run, as the summary prints them."""
    schema = dg.TableSchema(
        [
            dg.TableColumn("file", "string"),
            dg.TableColumn("table", "string"),
            dg.TableColumn("rows", "int"),
            dg.TableColumn("rejected", "int"),
            dg.TableColumn("fate", "string"),
            dg.TableColumn("reason", "string"),
        ]
    )
    records = [
        dg.TableRecord(
            {
                "file": one.source_file,
                "table": one.table_name or "",
                "rows": one.rows,
                "rejected": one.rejected_rows,
                "fate": one.fate,
                "reason": one.reason or "",
            }
        )
        for one in deliveries
    ]
    return dg.MetadataValue.table(records, schema)
