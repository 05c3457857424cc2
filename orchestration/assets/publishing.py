"""The publication as Dagster assets: marts, Parquet and site, switched in one step."""

import json
from collections.abc import Iterator

import dagster as dg

from demo import MARKER as DEMO_MARKER
from expectations.runner import crashed_rules
from orchestration.dbt import manifest_file
from orchestration.fingerprint import inputs_fingerprint
from orchestration.publishing.publish import publish, published_marts
from orchestration.resources import PierRun

PARTS = {
    "marts_duckdb": "The marts for BI, small numbers withheld: published/marts.duckdb.",
    "parquet": "The same tables as Parquet files: published/parquet/.",
    "site": "The performance report and the validation summary: published/site/index.html.",
}


def build_publishing_assets(manifest_json: str) -> dg.AssetsDefinition:
    """The three parts of a publication, which depend on every published mart.

    Args:
        manifest_json: dbt's manifest, from which the list of published marts is taken.
    """
    marts = published_marts(json.loads(manifest_json))
    specs = [
        dg.AssetSpec(
            ["publication", part],
            deps=[dg.AssetKey([mart.schema, mart.relation]) for mart in marts],
            group_name="publishing",
            description=description,
        )
        for part, description in PARTS.items()
    ]

    @dg.multi_asset(specs=specs, name="publish")
    def publish_marts(
        context: dg.AssetExecutionContext, pier: PierRun
    ) -> Iterator[dg.MaterializeResult[None]]:
        """Publish what passed the audit; a crashed rule fails the run, said last."""
        settings = pier.settings
        try:
            publication = publish(
                settings,
                run_id=context.run_id,
                published_at=pier.started_at,
                point=pier.point,
                inputs_fingerprint=inputs_fingerprint(settings, pier.point),
                manifest=manifest_file(settings, pier.point),
                is_invented=(settings.landing_dir / DEMO_MARKER).exists(),
            )
        except OSError as error:
            # Windows refuses to replace a file that a BI tool has open just now.
            raise dg.RetryRequested(max_retries=3, seconds_to_wait=10) from error
        for spec in specs:
            yield dg.MaterializeResult(
                asset_key=spec.key,
                metadata={
                    "publication": publication.publication_id,
                    "tables": len(publication.rows_by_table),
                    "rows": sum(publication.rows_by_table.values()),
                    "seconds": round(publication.seconds, 2),
                },
            )
        crashed = crashed_rules(settings, run_id=context.run_id)
        if crashed:
            raise dg.Failure(
                description=f"Published, but {len(crashed)} validation rules could not run: "
                f"{', '.join(crashed)}.",
                allow_retries=False,
            )

    return publish_marts
