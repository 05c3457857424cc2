"""The rules on the marts of placement costs, each by rows that pass and rows that fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import pytest
from fixtures.scratch_warehouse import build, catalogue, failing, insert, undone

COSTS = catalogue("placement_costs_marts")
ROW: Mapping[str, Any] = {
    "area_code": "E06000033",
    "period_label": "2016/17",
    "placement_category": "residential",
    "provider_type": "PR4",
    "scenario": "as_now",
    "line_code": "3.1.1",
    "status": "final",
    "children": 6.0,
    "nights": 2190.0,
    "average_weekly_cost": 3800.0,
    "unit_cost": 3800.0,
    "price_effect": 10.0,
    "volume_effect": 20.0,
    "mix_effect": -5.0,
    "total_change": 25.0,
    "spend": 125.0,
    "previous_spend": 100.0,
    "lower": 90.0,
    "upper": 160.0,
}
WITHHELD = dict.fromkeys(["children", "nights", "average_weekly_cost", "unit_cost"])
PASSING: list[Mapping[str, Any]] = [
    ROW,
    ROW | {"period_label": "2015/16", "children": 0.0, "lower": 125.0, "upper": 125.0},
    ROW | {"period_label": "2014/15", "status": "suppressed"} | WITHHELD,
]
FAILING: dict[str, list[Mapping[str, Any]]] = {
    "marts-small-numbers": [{"children": 1.0}, {"children": 5.0}],
    "marts-costs-averages-withheld": [
        {"status": "suppressed"} | WITHHELD | {shown: 7.0} for shown in WITHHELD
    ],
    "marts-variance-adds-up": [{"mix_effect": -4.99}, {"spend": 125.01}],
    "marts-forecast-range": [{"lower": 160.01}, {"children": -0.5}],
}


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        build(connection)
        yield connection


@pytest.mark.parametrize("rule", COSTS.rules, ids=lambda rule: rule.rule_id)
def test_a_rule_passes_good_costs_and_finds_each_fault(
    warehouse: duckdb.DuckDBPyConnection, rule: Any
) -> None:
    relation, key = rule.table.relation, rule.table.key
    with undone(warehouse):
        insert(warehouse, relation, PASSING)
        assert failing(warehouse, COSTS, rule) == []
        if rule.rule_id.startswith("marts-restricted-"):
            warehouse.execute(f"alter table {relation} add column child_id varchar")
            expected = len(PASSING)
        elif rule.rule_id.startswith("marts-key-"):
            insert(warehouse, relation, [ROW])
            expected = 2
        else:
            changes = FAILING.get(
                rule.rule_id, FAILING.get(rule.rule_id.rpartition("-")[0], [{key[-1]: None}])
            )
            rows = [
                ROW | {"period_label": f"{year}/00"} | change for year, change in enumerate(changes)
            ]
            insert(warehouse, relation, rows)
            expected = len(rows)
        assert len(failing(warehouse, COSTS, rule)) == expected


def test_every_kind_of_rule_has_faults_of_its_own() -> None:
    prefixes = ("marts-key-", "marts-blank-key-", "marts-restricted-", *FAILING)
    assert all(rule.rule_id.startswith(prefixes) for rule in COSTS.rules)
