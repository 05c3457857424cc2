"""Dagster can load what it is to run, without credentials, and it is all there."""

from __future__ import annotations

import dagster as dg
import pytest
from fixtures.homes import NewHome

from expectations.catalogue import load_catalogues
from orchestration.dbt import PointInTime
from orchestration.landing.contracts import load_contracts
from orchestration.settings import Settings


@pytest.fixture(scope="module")
def definitions(new_home: NewHome, point: PointInTime) -> dg.Definitions:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIER_HOME", str(new_home("defined", point).home))
        patch.setenv("PIER_ENVIRONMENT", "test")
        # Made when the module is imported, which is how Dagster loads them.
        from orchestration.definitions import defs

    return defs


def test_the_graph_reaches_from_the_landing_zone_to_the_site(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    upstream = graph.get_ancestor_asset_keys(dg.AssetKey(["publication", "site"]))
    for key in (
        ["landing_zone"],
        ["raw", "ssda903__episodes"],
        ["staging", "stg_ssda903__episodes"],
        ["marts", "fct_indicator_values"],
        ["marts", "fct_benchmarks"],
    ):
        assert dg.AssetKey(key) in upstream, key


def test_the_job_builds_and_audits_in_one_step_each(definitions: dg.Definitions) -> None:
    """An asset between two models would have Dagster start dbt twice, on half of the tables."""
    steps = {node.name for node in definitions.resolve_job_def("nightly").graph.nodes}
    assert steps == {"land_returns", "dbt_build", "audit", "publish"}


def test_every_raw_table_is_an_asset(definitions: dg.Definitions) -> None:
    keys = definitions.resolve_asset_graph().get_all_asset_keys()
    tables = {table.raw_name for contract in load_contracts() for table in contract.tables}
    assert {dg.AssetKey(["raw", table]) for table in tables} <= keys


def test_groups_are_the_layers(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert groups == {"landing", "reference", "staging", "intermediate", "marts", "publishing"}


def test_every_asset_is_described(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert not [key for key in graph.get_all_asset_keys() if not graph.get(key).description]


def test_every_rule_is_an_asset_check_and_critical_ones_on_marts_block(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    checks = {key.name: graph.get_check_spec(key) for key in graph.asset_check_keys}
    for catalogue in load_catalogues():
        for rule in catalogue.rules:
            spec = checks[rule.rule_id.replace("-", "_").replace(".", "_")]
            stops = catalogue.boundary == "marts" and rule.severity == "critical"
            assert spec.blocking == stops, rule.rule_id


def test_the_job_its_schedule_and_its_sensor(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("nightly")
    schedule = definitions.resolve_schedule_def("nightly_at_two")
    sensor = definitions.resolve_sensor_def("landing_zone_changed")
    assert schedule.job_name == sensor.job_name == job.name
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Europe/London")
    # A test machine, like a developer's, starts nothing by itself.
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
    assert sensor.default_status == dg.DefaultSensorStatus.STOPPED


def test_the_manifest_tells_every_file_of_the_run(settings: Settings) -> None:
    from orchestration.assets.landing import land_returns
    from orchestration.resources import PierRun

    folder = settings.landing_dir / "ssda903" / "882" / "2016-17"
    folder.mkdir(parents=True)
    header = "CHILD,DOB,REVIEW,REVIEW_CODE\n"
    (folder / "reviews.csv").write_text(f"{header}1,01/02/2008,03/05/2016,PN1\n2,01/02\n")
    (folder / "oc2.csv").write_text("nothing of the kind\n")
    done = dg.materialize([land_returns], resources={"pier": PierRun()})
    (manifest,) = (
        event.materialization
        for event in done.get_asset_materialization_events()
        if event.asset_key == dg.AssetKey(["raw", "deliveries"])
    )
    files = manifest.metadata["files"]
    assert isinstance(files, dg.TableMetadataValue)
    told = {record.data["file"]: record.data for record in files.records}
    assert told["ssda903/882/2016-17/reviews.csv"] == {
        "file": "ssda903/882/2016-17/reviews.csv",
        "table": "reviews",
        "rows": 1,
        "rejected": 1,
        "fate": "accepted",
        "reason": "",
    }
    assert told["ssda903/882/2016-17/oc2.csv"]["fate"] == "refused"
    assert "oc2.csv" in told["ssda903/882/2016-17/oc2.csv"]["reason"]


def test_whatever_dbt_reads_is_landed_or_audited_by_this_graph(definitions: dg.Definitions) -> None:
    """A source under another name would let dbt start before its files have landed."""
    graph = definitions.resolve_asset_graph()
    nobody_makes = {
        key for key in graph.get_all_asset_keys() if not graph.get(key).is_materializable
    }
    assert nobody_makes == {dg.AssetKey("landing_zone")}
