"""The dbt project keeps its own rules: checked on the manifest, with no list of exceptions."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fixtures.homes import NewHome

from orchestration.dbt import DBT_PROJECT_DIR, SEEDS_DIR, PointInTime, manifest_file

PREFIXES_BY_FOLDER = {
    "staging": ("stg_",),
    "intermediate": ("int_",),
    "marts": ("pop_", "dim_", "fct_"),
    "published": ("published__",),
}
NAMED_REPORTS = {
    # Marts whose names are a contract with BI tools (docs/bi) and carry no prefix.
    "adoption_journeys",
    "adoption_outlook",
    "adoption_pipeline",
    "adoption_scorecard",
    "performance_scorecard",
    "placement_cost_forecast",
    "placement_cost_variance",
    "placement_costs",
    "published_figures",
    "report_tables",
    "return_deliveries",
    "validation_summary",
    "benchmark_revisions",
}
LAYERS_A_LAYER_MAY_READ = {
    "staging": {"staging"},
    "intermediate": {"staging", "intermediate"},
    "marts": {"intermediate", "marts"},
    "published": {"marts", "published"},
}
OPERATIONS = "operations"
"""marts/operations shows the manifest and the audit, which have nothing to be stitched."""

Node = Mapping[str, Any]


@pytest.fixture(scope="module")
def manifest(new_home: NewHome, point: PointInTime) -> Node:
    settings = new_home("conventions", point)
    return dict(json.loads(manifest_file(settings, point).read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def models(manifest: Node) -> list[Node]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def layer(node: Node) -> str:
    return str(node["fqn"][1])


def test_names_say_their_layer(models: list[Node]) -> None:
    wrong = [
        model["name"]
        for model in models
        if not model["name"].startswith(PREFIXES_BY_FOLDER[layer(model)])
        and not (layer(model) == "marts" and model["name"] in NAMED_REPORTS)
    ]
    assert not wrong


def test_layers_read_only_the_layer_before_them(manifest: Node, models: list[Node]) -> None:
    by_id = {model["unique_id"]: model for model in models}
    wrong = [
        f"{model['name']} reads {by_id[parent]['name']}"
        for model in models
        for parent in model["depends_on"]["nodes"]
        if parent in by_id
        and layer(by_id[parent]) not in LAYERS_A_LAYER_MAY_READ[layer(model)]
        and model["fqn"][2] != OPERATIONS
    ]
    assert not wrong


def test_only_staging_reads_sources(models: list[Node]) -> None:
    wrong = [
        model["name"]
        for model in models
        if layer(model) != "staging"
        and any(parent.startswith("source.") for parent in model["depends_on"]["nodes"])
    ]
    assert not wrong


def test_every_model_has_its_yaml_beside_it(models: list[Node]) -> None:
    wrong = [
        model["name"]
        for model in models
        if not (model["patch_path"] or "").endswith(
            str(Path(model["original_file_path"]).with_suffix(".yml").as_posix())
        )
    ]
    assert not wrong


def test_every_description_opens_with_the_grain(models: list[Node]) -> None:
    wrong = [m["name"] for m in models if not m["description"].lower().startswith("one row per ")]
    assert not wrong


def test_every_model_tests_its_key(manifest: Node, models: list[Node]) -> None:
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name", "").startswith("unique")
    }
    # A published model has the columns and rows of its mart; the audit checks its key. Counts to be
    # added up have none: members alike in all that is asked of them may be several rows.
    added_up = {"fct_indicator_flag_counts"}
    wrong = [
        model["name"]
        for model in models
        if model["unique_id"] not in tested
        and layer(model) != "published"
        and model["name"] not in added_up
    ]
    assert not wrong


def test_every_column_of_a_mart_is_described(models: list[Node]) -> None:
    wrong = [
        f"{model['name']}.{column['name']}"
        for model in models
        if layer(model) in {"marts", "published"}
        for column in model["columns"].values()
        if not column["description"]
    ]
    assert not wrong


def test_every_mart_has_an_enforced_contract(models: list[Node]) -> None:
    wrong = [
        model["name"]
        for model in models
        if layer(model) in {"marts", "published"} and not model["contract"]["enforced"]
    ]
    assert not wrong


def test_a_suppressed_mart_has_the_columns_of_its_published_model(models: list[Node]) -> None:
    by_name = {model["name"]: model for model in models}
    suppressed = {
        model["name"]
        for model in models
        if layer(model) == "marts" and model["config"]["meta"].get("publish") == "suppressed"
    }
    published = {m["name"].removeprefix("published__") for m in models if layer(m) == "published"}
    assert published == suppressed
    for name in suppressed:
        mart, shared = by_name[name], by_name[f"published__{name}"]
        types = [
            {column: spec["data_type"] for column, spec in node["columns"].items()}
            for node in (mart, shared)
        ]
        assert types[0] == types[1], name


def test_every_rule_column_has_a_unit_test(manifest: Node, models: list[Node]) -> None:
    """A flag of a population decides who is counted: each appears in a unit test's expectation."""
    expected: dict[str, set[str]] = {}
    for test in manifest["unit_tests"].values():
        columns = {column for row in test["expect"]["rows"] or [] for column in row}
        expected.setdefault(test["model"], set()).update(columns)
    wrong = [
        f"{model['name']}.{column}"
        for model in models
        if model["name"].startswith("pop_")
        for column in model["columns"]
        if column.startswith(("is_", "has_")) and column not in expected.get(model["name"], set())
    ]
    assert not wrong


def test_no_model_reads_the_clock() -> None:
    clock = ("current_date", "current_timestamp", "now()", "run_started_at", "modules.datetime")
    wrong = [
        f"{path.name}: {word}"
        for folder in ("models", "macros", "tests")
        for path in (DBT_PROJECT_DIR / folder).rglob("*.sql")
        for word in clock
        if word in path.read_text(encoding="utf-8").lower()
    ]
    assert not wrong


def test_a_macro_file_holds_one_macro_named_as_the_file() -> None:
    wrong = []
    for path in (DBT_PROJECT_DIR / "macros").rglob("*.sql"):
        text = path.read_text(encoding="utf-8")
        names = [
            line.split("macro", 1)[1].split("(")[0].strip()
            for line in text.splitlines()
            if line.lstrip().startswith(("{% macro", "{%- macro"))
        ]
        # A materialization is named like a macro, and has the engine it is for behind a comma.
        names += re.findall(r"{%-? materialization (\w+)", text)
        # A dispatched macro stands with its versions for each engine.
        if {name.split("__")[-1] for name in names} != {path.stem}:
            wrong.append(path.name)
    assert not wrong


def test_every_seed_says_where_it_comes_from(manifest: Node) -> None:
    wrong = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "seed"
        and not (
            node["description"]
            and {"publisher", "document", "licence", "owner", "refresh"}
            <= set(node["config"]["meta"])
        )
    ]
    assert not wrong


def test_every_seed_file_is_a_seed_of_the_manifest(manifest: Node) -> None:
    known = {
        Path(node["original_file_path"]).name
        for node in manifest["nodes"].values()
        if node["resource_type"] == "seed"
    }
    assert {path.name for path in SEEDS_DIR.rglob("*.csv")} == known


def test_every_seed_states_the_type_of_each_column_of_its_file(manifest: Node) -> None:
    """A column that ``column_types`` leaves out would not be loaded."""
    wrong = []
    for node in manifest["nodes"].values():
        if node["resource_type"] == "seed":
            path = DBT_PROJECT_DIR / node["original_file_path"]
            with path.open(encoding="utf-8", newline="") as file:
                header = next(csv.reader(file))
            if list(node["config"]["column_types"]) != header:
                wrong.append(node["name"])
    assert not wrong


def test_every_population_is_counted() -> None:
    """A population that macro `populations` forgets would give no figure, in silence."""
    listed = (DBT_PROJECT_DIR / "macros" / "populations.sql").read_text(encoding="utf-8")
    models = (DBT_PROJECT_DIR / "models" / "marts" / "populations").glob("*.sql")
    assert [path.stem for path in models if f"'{path.stem}'" not in listed] == []


def test_populations_of_three_years_are_listed(models: list[Node]) -> None:
    """One that has a period type and is not listed would be counted as if it were of a year."""
    text = (DBT_PROJECT_DIR / "macros" / "rolling_populations.sql").read_text(encoding="utf-8")
    with_period_type = {
        model["name"]
        for model in models
        if model["name"].startswith("pop_") and "period_type" in model["columns"]
    }
    assert set(re.findall(r"'(pop_\w+)'", text)) == with_period_type
