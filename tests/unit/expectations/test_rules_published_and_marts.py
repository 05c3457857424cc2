"""Every rule of published statistics and of the marts: rows that fail and rows that pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from fixtures.scratch_warehouse import (
    Rows,
    build,
    catalogue,
    deliver,
    failing,
    insert,
    seed,
    undone,
)

from expectations.checks import NotCheckable

PUBLISHED = catalogue("published_statistics")
MARTS = catalogue("marts")


@dataclass(frozen=True)
class Case:
    """Rows, and the lines of the judged table that must fail."""

    rows: Rows
    fails: Sequence[int]


def figure(value: float | None, text: str | None = None, **columns: Any) -> dict[str, Any]:
    text = str(value) if text is None and value is not None else text
    return {
        "measure_id": "cla/children_count",
        "la_code": "882",
        "source_period": "2025",
        "value": value,
        "published_value": text,
        "is_joint": False,
        **columns,
    }


PUBLISHED_CASES = {
    "published-twice-ees": Case(
        {
            "ees_figures": [
                figure(1),
                figure(2),
                figure(1, source_period="2024"),
                figure(1, la_code="883"),
                figure(1, la_code=None),
                figure(1, la_code=None),
            ]
        },
        [2, 3],
    ),
    "published-twice-lait": Case(
        {"lait": [figure(1), figure(1), figure(1, measure_id="other")]}, [2, 3]
    ),
    "published-area-ees": Case(
        {"ees_rows": [{"la_code": "882"}, {"la_code": None, "published_area_code": "999"}]}, [3]
    ),
    "published-area-lait": Case(
        {"lait": [figure(1), figure(1, la_code="999"), figure(1, la_code=None)]}, [3, 4]
    ),
    "published-symbol-ees": Case(
        {
            "ees_figures": [
                figure(1),
                figure(None, "c"),
                figure(None, "?"),
                figure(None, ""),
                figure(None),
                figure(None, "12", is_joint=True),
            ]
        },
        [4],
    ),
    "published-symbol-lait": Case({"lait": [figure(1), figure(None, "-"), figure(None, "?")]}, [4]),
    "published-period-ees": Case(
        {
            "ees_rows": [
                {"source_period": text} for text in ("2017", "201617", "2016/17", "17", None)
            ]
        },
        [4, 5, 6],
    ),
    "published-period-lait": Case(
        {
            "lait": [
                figure(1, source_period="2023/24"),
                figure(1, source_period="0"),
                figure(None, "-", source_period="0"),
                figure(1, source_period=None),
            ]
        },
        [3, 5],
    ),
    "published-percent-ees": Case(
        {
            "ees_figures": [
                figure(0, unit="percent"),
                figure(100, unit="percent"),
                figure(100.1, unit="percent"),
                figure(-1, unit="percent"),
                figure(101, unit="number"),
            ]
        },
        [4, 5],
    ),
    "published-period-label-ees": Case(
        {
            "ees_rows": [
                {"source_period": period, "year_type": label}
                for period, label in (
                    ("201617", "Academic year"),
                    ("2017", "Calendar year"),
                    ("2017", "Reporting year"),
                    ("2017", "Academic year"),
                    ("201617", "Reporting year"),
                    ("201618", "Financial year"),
                    ("199900", "Financial year"),
                    ("201617", "Autumn term"),
                )
            ]
        },
        [5, 6, 7],
    ),
    "published-suppressed-ees": Case(
        {"ees_figures": [figure(0, "c"), figure(None, "c"), figure(0, "0"), figure(0, "k")]}, [2]
    ),
    "published-years-of-file-ees": Case(
        {
            "ees_rows": [
                {"source_period": period, "delivery_id": delivery}
                for period, delivery in (
                    ("2018", 7),
                    ("2024", 7),
                    ("201718", 7),
                    ("2025", 7),
                    ("2016", 7),
                    ("2010", 8),
                    ("2026", 8),
                    ("2030", 9),
                )
            ],
            "files": [
                {"delivery_id": 7, "source_file": "2010/cla_2018_to_2024.csv"},
                {"delivery_id": 8, "source_file": "tool_2025.csv"},
                {"delivery_id": 9, "source_file": "tool.csv"},
            ],
        },
        [5, 6, 8],
    ),
    "published-not-in-dictionary": Case(
        {
            "lait": [figure(1, measure_id="b"), figure(2, measure_id="b"), figure(1)],
            "lait_dictionary": [{"measure_id": "cla/children_count"}],
        },
        [2],
    ),
    "published-not-in-figures": Case(
        {
            "lait": [figure(1)],
            "lait_dictionary": [{"measure_id": "cla/children_count"}, {"measure_id": "b"}],
        },
        [3],
    ),
}


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        build(connection)
        seed(connection, "ref_areas")
        seed(connection, "ref_published_symbols")
        yield connection


@pytest.mark.parametrize("rule_id", sorted(PUBLISHED_CASES))
def test_exactly_these_published_rows_fail(
    warehouse: duckdb.DuckDBPyConnection, rule_id: str
) -> None:
    case = PUBLISHED_CASES[rule_id]
    [rule] = [rule for rule in PUBLISHED.rules if rule.rule_id == rule_id]
    with undone(warehouse):
        deliver(warehouse, PUBLISHED, case.rows)
        found = failing(warehouse, PUBLISHED, rule)
    assert sorted(row["source_line"] for row in found) == case.fails


def test_a_published_finding_names_its_file(warehouse: duckdb.DuckDBPyConnection) -> None:
    [rule] = [rule for rule in PUBLISHED.rules if rule.rule_id == "published-area-lait"]
    with undone(warehouse):
        insert(
            warehouse,
            "staging.stg_pier__deliveries",
            [{"delivery_id": 7, "source_file": "published_statistics/lait.csv"}],
        )
        row = {"delivery_id": 7, "source_line": 12, **figure(1, la_code="999")}
        insert(
            warehouse,
            rule.table.relation,
            [{name: value for name, value in row.items() if name != "is_joint"}],
        )
        [found] = failing(warehouse, PUBLISHED, rule)
    assert (found["source_file"], found["source_line"]) == ("published_statistics/lait.csv", 12)
    assert found["offending_text"] == "LA Number=999"


VALUE = {
    "indicator_id": "I1",
    "area_code": "E06000033",
    "period_type": "snapshot",
    "period_label": "2016/17",
    "breakdown": "total",
    "breakdown_value": "total",
    "version": "outturn",
    "basis": "computed",
    "status": "final",
    "numerator": 4.0,
    "denominator": 10.0,
    "value": 40.0,
}
SCORE = {
    "indicator_id": "I1",
    "period_label": "2016/17",
    "status": "final",
    "value": 40.0,
    "direction": "better",
    "target_status": "none",
    "national_rank": 151,
    "ranked_authorities": 151,
    "quartile": "D",
}
CELL = {
    "report": "r",
    "table_id": "T1",
    "row_order": 1,
    "column_order": 1,
    "area_code": "E06000033",
    "status": "final",
    "value": 40.0,
}
PRINTED = {"printed_order": 1, "document": "d", "measure_id": "m", "agreement": "agrees"}
BENCHMARK = {
    "source": "lait",
    "measure_id": "m",
    "measure_title": "M",
    "area_code": "E06000033",
    "source_period": "2017",
    "status": "final",
    "value": 1.0,
    "national_rank": 1,
    "ranked_authorities": 151,
    "quartile": "A",
}


def stay(child: str, year: int) -> dict[str, Any]:
    """A member of a population of children in care, by the year its 31 March is in."""
    return {
        "member_id": f"882:{year}:{child}",
        "la_code": "882",
        "child_id": child,
        "period_label": f"{year - 1}/{year % 100}",
        "period_end": dt.date(year, 3, 31),
    }


WINDOW: Mapping[str, Any] = {
    "measure_id": "A1",
    "area_code": "E06000033",
    "period_label": "2013-16",
    "status": "final",
    "value": 386.0,
    "children": 58,
}

GOOD: dict[str, list[Mapping[str, Any]]] = {
    "dim_indicators": [
        {
            "indicator_id": "I1",
            "title": "One",
            "unit": "percent",
            "measure": "percent",
            "population": "pop_one",
        }
    ],
    "dim_areas": [{"area_code": "E06000033"}],
    "dim_periods": [{"period_type": "snapshot", "period_label": "2016/17"}],
    "fct_indicator_values": [
        VALUE,
        VALUE | {"breakdown": "sex", "breakdown_value": "Female", "numerator": 1.0},
        VALUE | {"breakdown": "sex", "breakdown_value": "Male", "numerator": 3.0},
        VALUE
        | {
            "period_label": "2015/16",
            "status": "not_available",
            "value": None,
            "numerator": None,
            "denominator": None,
        },
    ],
    "published__fct_indicator_values": [VALUE],
    "performance_scorecard": [
        SCORE,
        SCORE
        | {"period_label": "2015/16", "national_rank": None, "direction": None, "quartile": None},
    ],
    "published__performance_scorecard": [SCORE],
    "report_tables": [CELL, CELL | {"row_order": 2, "status": "not_available", "value": None}],
    "published__report_tables": [CELL],
    "published_figures": [PRINTED],
    "published__published_figures": [PRINTED],
    "adoption_scorecard": [WINDOW],
    "published__adoption_scorecard": [
        WINDOW,
        WINDOW
        | {"period_label": "2012-15", "status": "suppressed", "value": None}
        | {"children": None},
    ],
    "fct_benchmarks": [BENCHMARK],
    "fct_benchmark_revisions": [
        {
            "source": "lait",
            "measure_id": "m",
            "area_code": "E06000033",
            "source_period": "2017",
            "new_release": "2025.000123",
        }
    ],
    "return_deliveries": [{"delivery_id": 1}],
    "pop_children_looked_after": [
        stay("stays", 2016),
        stay("stays", 2017),
        stay("came", 2017),
        stay("left", 2016),
    ],
    "pop_care_starters": [stay("came", 2017)],
    "pop_children_leaving_care": [stay("left", 2017)],
    "validation_summary": [
        {"rule_id": "r", "return_name": "marts", "run_id": "x"},
        {"rule_id": "r", "return_name": "marts", "run_id": "x", "period_label": "2016/17"},
    ],
}
"""Marts without a fault: no rule may find one."""


def faults(rule_id: str, alias: str) -> list[Mapping[str, Any]]:
    """Rows to add to the table a rule judges so that it fails."""
    first = GOOD[alias][0]
    if rule_id.startswith("marts-key-"):
        return [first]
    if rule_id.startswith("marts-blank-key-"):
        return [dict(first) | {"rule_id" if alias == "validation_summary" else key_of(alias): None}]
    new = {"period_label": "2014/15"} if "period_label" in first else {"area_code": "E12000006"}
    return [dict(first) | new | change for change in CHANGES[rule_id.rpartition("-")[0]]]


def key_of(alias: str) -> str:
    return MARTS.tables[alias].key[-1]


CHANGES: dict[str, list[Mapping[str, Any]]] = {
    "marts-small-numbers": [
        {"children": 1},
        {"children": 5},
        {"status": "suppressed", "children": None},
        {"status": "suppressed", "value": None},
    ],
    "marts-status": [{"status": None}, {"status": "unknown"}],
    "marts-value": [
        {"value": None},
        {"status": "suppressed"},
        {"value": float("nan")},
    ],
    "marts-percent": [{"value": 100.5}, {"value": -0.5}],
    "marts-rank": [{"national_rank": 0}, {"national_rank": 152}, {"ranked_authorities": None}],
    "marts-quartile": [{"quartile": "E"}],
    "marts-words": [{"direction": "up"}, {"target_status": "close"}, {"target_status": None}],
}
WHOLE_RULES = {
    "marts-flow-in": ("pop_children_looked_after", [stay("nobody saw come", 2017)]),
    "marts-flow-out": ("pop_children_looked_after", [stay("nobody saw leave", 2016)]),
    "marts-every-indicator": ("dim_indicators", [{"indicator_id": "I2", "unit": "count"}]),
    "marts-numerator": (
        "fct_indicator_values",
        [VALUE | {"period_label": "2013/14", "numerator": 11.0}],
    ),
    "marts-breakdown": (
        "fct_indicator_values",
        [VALUE | {"breakdown": "sex", "breakdown_value": "Unknown", "numerator": 1.0}],
    ),
}


def fill(warehouse: duckdb.DuckDBPyConnection) -> None:
    for alias, rows in GOOD.items():
        insert(warehouse, MARTS.tables[alias].relation, rows)


def planted(rule_id: str, alias: str) -> tuple[str, list[Mapping[str, Any]], int]:
    """Table, rows to plant, and how many rows must then fail."""
    if rule_id in WHOLE_RULES:
        table, rows = WHOLE_RULES[rule_id]
        return table, list(rows), 1
    rows = faults(rule_id, alias)
    return alias, rows, 2 if rule_id.startswith("marts-key-") else len(rows)


@pytest.mark.parametrize("rule", MARTS.rules, ids=lambda rule: rule.rule_id)
def test_a_mart_rule_passes_good_marts_and_finds_what_was_planted(
    warehouse: duckdb.DuckDBPyConnection, rule: Any
) -> None:
    with undone(warehouse):
        fill(warehouse)
        assert failing(warehouse, MARTS, rule) == []
        if rule.rule_id.startswith("marts-restricted-"):
            warehouse.execute(f"alter table {rule.table.relation} add column child_id varchar")
            expected = len(GOOD[rule.table.alias])
        else:
            table, rows, expected = planted(rule.rule_id, rule.table.alias)
            insert(warehouse, MARTS.tables[table].relation, rows)
        assert len(failing(warehouse, MARTS, rule)) == expected


def test_every_rule_of_published_statistics_has_a_case() -> None:
    checked = [rule for rule in PUBLISHED.rules if not isinstance(rule.check, NotCheckable)]
    assert {rule.rule_id for rule in checked} == set(PUBLISHED_CASES)


def test_what_would_make_a_publication_wrong_is_critical() -> None:
    milder = {rule.rule_id for rule in MARTS.rules if rule.severity != "critical"}
    # Before its return lands an indicator is nowhere, and returns that do not join are mended.
    assert milder == {"marts-every-indicator", "marts-flow-in", "marts-flow-out"}


def test_a_population_that_jumps_is_found(warehouse: duckdb.DuckDBPyConnection) -> None:
    catalogue_of_estimates = catalogue("population_estimates")
    [rule] = catalogue_of_estimates.rules
    counts = [("a", 2015, 1000), ("a", 2016, 1100), ("a", 2017, 1211), ("a", 2019, 5000)]
    counts += [("b", 2016, 999), ("b", 2017, 5000), ("c", 2016, 2000), ("c", 2017, 1799)]
    rows = [
        {"area_code": area, "estimate_year": year, "resident_count": count}
        | {"age_band": "0-17", "sex_name": "All", "_source_line": line}
        for line, (area, year, count) in enumerate(counts, start=2)
    ]
    with undone(warehouse):
        insert(warehouse, rule.table.relation, rows)
        found = failing(warehouse, catalogue_of_estimates, rule)
    assert sorted(row["source_line"] for row in found) == [4, 9]
