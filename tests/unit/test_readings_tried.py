"""How benchmarks/readings.py tries readings: together only where no figure rests on two."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest

from orchestration.settings import PROJECT_ROOT


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "tried_readings", PROJECT_ROOT / "benchmarks" / "readings.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def node(name: str, layer: str, before: list[str], raw_code: str = "") -> dict[str, object]:
    return {
        "name": name,
        "resource_type": "model",
        "fqn": ["pier", layer, name],
        "raw_code": raw_code,
        "depends_on": {"nodes": [f"model.pier.{one}" for one in before], "macros": []},
    }


@pytest.fixture
def manifest() -> dict[str, object]:
    """One reading under both populations, one under each, one that no figure rests on."""
    nodes = [
        node("stg_a", "staging", []),
        node("int_a", "intermediate", ["stg_a"], "{{ reading('missing_is_placement') }}"),
        node("pop_a", "marts", ["int_a"], "{{ reading('ni63_method') }}"),
        node("pop_b", "marts", ["int_a"], "{{ reading('ni58_age_rule') }}"),
        node("fct_indicator_values", "marts", ["pop_a", "pop_b"]),
        node("report", "marts", ["pop_a"], "{{ reading('target_near_percent') }}"),
    ]
    return {"nodes": {f"model.pier.{one['name']}": one for one in nodes}, "macros": {}}


NAMES = ["missing_is_placement", "ni63_method", "ni58_age_rule", "target_near_percent"]


def test_each_other_reading_is_tried_on_the_models_that_rest_on_it(
    tool: ModuleType, manifest: dict[str, object]
) -> None:
    trials = {(one.name, one.value): one.models for one in tool.trials(manifest, NAMES)}
    assert trials == {
        ("missing_is_placement", True): {"int_a", "pop_a", "pop_b", "fct_indicator_values"},
        ("ni63_method", "pre_2021"): {"pop_a", "fct_indicator_values"},
        ("ni63_method", "2021_on"): {"pop_a", "fct_indicator_values"},
        ("ni58_age_rule", "collection"): {"pop_b", "fct_indicator_values"},
    }


def test_readings_that_share_a_population_are_tried_apart(
    tool: ModuleType, manifest: dict[str, object]
) -> None:
    rounds = tool.rounds(tool.trials(manifest, NAMES))
    assert [[(one.name, one.value) for one in made.trials] for made in rounds] == [
        [("missing_is_placement", True)],
        [("ni63_method", "pre_2021"), ("ni58_age_rule", "collection")],
        [("ni63_method", "2021_on")],
    ]


def test_only_displayed_changes_of_the_trials_own_populations_count(tool: ModuleType) -> None:
    trial = tool.Trial("ni58_age_rule", "collection", frozenset({"pop_b"}))
    before = {
        ("I 1", "2016/17"): ("pop_b", 1, 14.11),
        ("I 1", "2017/18"): ("pop_b", 1, 14.11),
        ("I 2", "2017/18"): ("pop_b", 0, None),
        ("I 3", "2017/18"): ("pop_a", 0, 3.0),
    }
    after = {
        ("I 1", "2016/17"): ("pop_b", 1, 14.14),
        ("I 1", "2017/18"): ("pop_b", 1, 14.2),
        ("I 2", "2017/18"): ("pop_b", 0, 7.0),
        ("I 3", "2017/18"): ("pop_a", 0, 4.0),
    }
    assert [str(change) for change in tool.changes(before, after, trial)] == [
        "I 1 2017/18: 14.1 -> 14.2",
        "I 2 2017/18: none -> 7",
    ]
