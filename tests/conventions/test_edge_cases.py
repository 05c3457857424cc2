"""docs/edge_cases.md names every worked case, and only tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from orchestration.dbt import DBT_PROJECT_DIR
from orchestration.settings import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "edge_cases.md"
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/.]+\.(?:yml|py))::(\w+)`")
REASONS = ("Later: ", "Not tested: ", "Not a rule of Pier's: ")
CASES = range(1, 140)
IN_A_NAME = re.compile(r"_cases?_(\d+(?:_(?:to_)?\d+)*)")
SPAN = re.compile(r"(\d+)(?:_to_(\d+))?")


def rows() -> dict[int, str]:
    return {
        int(number): tests for number, _, tests in ROW.findall(PAGE.read_text(encoding="utf-8"))
    }


@cache
def unit_tests() -> dict[str, frozenset[str]]:
    """The dbt unit tests of each YAML file, by the file's name."""
    return {
        path.name: frozenset(
            test["name"]
            for test in yaml.safe_load(path.read_text(encoding="utf-8")).get("unit_tests", ())
        )
        for path in (DBT_PROJECT_DIR / "models").rglob("*.yml")
    }


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def exists(file: str, name: str) -> bool:
    if file.endswith(".yml"):
        return name in unit_tests().get(file, ())
    path = PROJECT_ROOT / file
    return path.is_file() and name in functions_of(path)


def cases_named_by(test: str) -> set[int]:
    """The numbers a test's name gives, `4_to_7` being four of them."""
    return {
        number
        for numbers in IN_A_NAME.findall(test)
        for first, last in SPAN.findall(numbers)
        for number in range(int(first), int(last or first) + 1)
    }


def test_every_case_is_on_the_page_once() -> None:
    numbers = [int(number) for number, *_ in ROW.findall(PAGE.read_text(encoding="utf-8"))]
    assert numbers == list(CASES)


def test_every_test_named_exists() -> None:
    missing = [
        f"case {number}: {file}::{name}"
        for number, tests in rows().items()
        for file, name in NAMED.findall(tests)
        if not exists(file, name)
    ]
    assert not missing


def test_a_case_has_a_test_or_a_reason() -> None:
    without = [
        number
        for number, tests in rows().items()
        if not NAMED.search(tests) and not tests.startswith(REASONS)
    ]
    assert not without


def test_a_unit_test_named_after_a_case_stands_beside_it() -> None:
    forgotten = [
        f"case {number}: {name}"
        for names in unit_tests().values()
        for name in sorted(names)
        for number in sorted(cases_named_by(name))
        if f"::{name}`" not in rows()[number]
    ]
    assert not forgotten


@pytest.mark.parametrize(
    ("name", "cases"),
    [
        ("m__ni59_cases_1_to_3", {1, 2, 3}),
        ("m__cases_31_to_33_49", {31, 32, 33, 49}),
        ("m__ni60_cases_12_to_13_sa45_cases_26_27", {12, 13, 26, 27}),
        ("m__ni62_case_51", {51}),
        ("m__case_104_ages_before_2010_11", {104}),
        ("m__unrelated_12", set()),
    ],
)
def test_cases_are_read_from_names(name: str, cases: set[int]) -> None:
    assert cases_named_by(name) == cases
