"""Pier's Dagster definitions: assembly only."""

from __future__ import annotations

import dagster as dg

from orchestration.assets.audit import audit
from orchestration.assets.landing import LANDING_ZONE, land_returns
from orchestration.assets.publishing import build_publishing_assets
from orchestration.assets.transform import build_dbt_assets
from orchestration.dbt import manifest_file
from orchestration.resources import PierRun, dbt_resource
from orchestration.schedules import build_landing_sensor, build_schedule, nightly_job
from orchestration.settings import load_settings


def build_definitions() -> dg.Definitions:
    """Everything Dagster may run, for the settings of this machine."""
    settings = load_settings()
    manifest = manifest_file(settings)
    return dg.Definitions(
        assets=[
            LANDING_ZONE,
            land_returns,
            build_dbt_assets(manifest),
            build_publishing_assets(manifest.read_text(encoding="utf-8")),
        ],
        asset_checks=[audit],
        jobs=[nightly_job],
        schedules=[build_schedule(settings.automation)],
        sensors=[build_landing_sensor(settings.automation)],
        resources={"pier": PierRun.configure_at_launch(), "dbt": dbt_resource()},
    )


defs = build_definitions()
