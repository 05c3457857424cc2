"""Which marts leave the warehouse."""

from __future__ import annotations

import pytest
from fixtures.invented_marts import invented_manifest

from orchestration.publishing import PublishingError, published_marts


def test_only_marts_that_say_so_are_published() -> None:
    manifest = invented_manifest()
    manifest["nodes"]["staging"] = {
        **manifest["nodes"]["model.pier.dim_areas"],
        "name": "stg_areas",
        "fqn": ["pier", "staging", "stg_areas"],
    }

    names = {mart.name for mart in published_marts(manifest)}

    assert "dim_areas" in names
    assert not names & {"fct_indicator_flags", "stg_areas", "published__fct_indicator_values"}


def test_a_suppressed_mart_is_copied_from_the_model_that_withholds() -> None:
    marts = {mart.name: mart for mart in published_marts(invented_manifest())}

    assert marts["dim_areas"].schema == "marts"
    assert marts["fct_indicator_values"].schema == "published"
    assert marts["fct_indicator_values"].relation == "published__fct_indicator_values"


def test_a_suppressed_mart_without_a_model_that_withholds_is_refused() -> None:
    manifest = invented_manifest()
    del manifest["nodes"]["model.pier.published__fct_indicator_values"]

    with pytest.raises(PublishingError, match="no model published__fct_indicator_values"):
        published_marts(manifest)


def test_a_word_that_is_not_known_is_refused() -> None:
    manifest = invented_manifest()
    manifest["nodes"]["model.pier.dim_areas"]["config"]["meta"]["publish"] = "yes"

    with pytest.raises(PublishingError, match="publish: yes"):
        published_marts(manifest)


def test_a_mart_with_a_column_that_names_a_child_is_refused_whatever_it_says() -> None:
    manifest = invented_manifest()
    flags = manifest["nodes"]["model.pier.fct_indicator_flags"]
    flags["config"]["meta"]["publish"] = "whole"

    with pytest.raises(PublishingError, match="child_id names a child"):
        published_marts(manifest)


def test_the_publish_line_is_read_from_config_or_meta() -> None:
    manifest = invented_manifest()
    areas = manifest["nodes"]["model.pier.dim_areas"]
    areas["meta"] = areas["config"].pop("meta")

    assert "dim_areas" in {mart.name for mart in published_marts(manifest)}
