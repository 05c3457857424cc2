"""How dbt's nodes appear in Dagster: keys and groups derived from folders, never by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings

AUDIT_SOURCE = "validation"

GROUP_BY_FOLDER: Mapping[str, str] = {
    "staging": "staging",
    "intermediate": "intermediate",
    "marts": "marts",
    "published": "publishing",
}
"""A model's group, by the first folder below models/; an unknown folder raises."""


class PierTranslator(DagsterDbtTranslator):
    """Asset keys are schema and table; the group is the layer's folder."""

    def __init__(self) -> None:
        # dbt's own tests stop the build when they fail; as asset checks beside the audit's they
        # would triple the events of a run, and writing those took longer than the build.
        super().__init__(settings=DagsterDbtTranslatorSettings(enable_asset_checks=False))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """``<schema>/<table>``, as the warehouse names it."""
        table = dbt_resource_props.get("identifier") or dbt_resource_props["name"]
        return dg.AssetKey([str(dbt_resource_props["schema"]), str(table)])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The layer the node's folder stands for; seeds are reference data."""
        if dbt_resource_props["resource_type"] == "seed":
            return "reference"
        if dbt_resource_props["resource_type"] == "source":
            return "landing"
        return GROUP_BY_FOLDER[dbt_resource_props["fqn"][1]]

    def get_asset_spec(
        self,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: Any,
    ) -> dg.AssetSpec:
        """The node's spec, without an edge from the audit's results.

        Views over them show whatever the audit wrote last; an edge would make the build
        wait for the audit that waits for the build.
        """
        spec = super().get_asset_spec(manifest, unique_id, project)
        return spec.replace_attributes(
            deps=[dep for dep in spec.deps if dep.asset_key.path[0] != AUDIT_SOURCE]
        )
