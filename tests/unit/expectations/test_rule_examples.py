"""Every rule that has examples fails exactly the rows its examples mark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from fixtures.rule_examples import Example, lines_by_authority, load, read_examples
from fixtures.scratch_warehouse import build, catalogue, failing

from expectations.catalogue import Catalogue, Rule
from expectations.checks import NotCheckable

EXAMPLES = Path(__file__).parent / "examples"


@dataclass(frozen=True)
class Book:
    """A catalogue, its rules by their id without its name, and their examples."""

    catalogue: Catalogue
    rules: dict[str, list[Rule]]
    examples: dict[str, list[Example]]


def book(name: str) -> Book:
    read = catalogue(name)
    rules = defaultdict(list)
    for rule in read.rules:
        rules[rule.rule_id.partition("-")[2]].append(rule)
    examples = defaultdict(list)
    for example in read_examples(EXAMPLES / name):
        examples[example.rule].append(example)
    return Book(read, dict(rules), dict(examples))


BOOKS = {path.name: book(path.name) for path in sorted(EXAMPLES.iterdir()) if path.is_dir()}


@pytest.fixture(scope="module")
def warehouses() -> Iterator[dict[str, duckdb.DuckDBPyConnection]]:
    """One warehouse a catalogue, with all its examples."""
    connections = {}
    for name, each in BOOKS.items():
        connections[name] = duckdb.connect(config={"threads": 1})
        build(connections[name])
        load(
            connections[name],
            each.catalogue,
            [e for group in each.examples.values() for e in group],
        )
    yield connections
    for connection in connections.values():
        connection.close()


@pytest.mark.parametrize(
    ("name", "rule_id"),
    [
        (name, rule_id)
        for name, each in BOOKS.items()
        for rule_id in each.examples
        if rule_id != "everyone"
    ],
)
def test_exactly_the_marked_rows_fail(
    warehouses: dict[str, duckdb.DuckDBPyConnection], name: str, rule_id: str
) -> None:
    each = BOOKS[name]
    assert rule_id in each.rules, f"no rule {rule_id}"
    rows = [
        row
        for rule in each.rules[rule_id]
        for row in failing(warehouses[name], each.catalogue, rule)
    ]
    found = lines_by_authority(rows)
    judged = each.rules[rule_id][0].table.alias
    for example in each.examples[rule_id]:
        assert set(example.fails) <= {judged}, f"{example.where}: X in a table it does not judge"
        expected = sorted(example.fails.get(judged, ()))
        assert found.get((example.la_code, example.year), []) == expected, example.where


@pytest.mark.parametrize("name", BOOKS)
def test_every_version_of_a_rule_fails_a_row_and_passes_one(name: str) -> None:
    each = BOOKS[name]
    for rule_id, versions in each.rules.items():
        for rule in versions:
            if isinstance(rule.check, NotCheckable):
                continue
            here = [e for e in each.examples.get(rule_id, ()) if rule.holds_in(e.year)]
            rows = sum(len(example.rows.get(rule.table.alias, ())) for example in here)
            fails = sum(len(example.fails.get(rule.table.alias, ())) for example in here)
            assert 0 < fails < rows, f"{rule.key}: {fails} of {rows} rows fail"


def test_rules_that_cannot_be_checked_say_why() -> None:
    for each in BOOKS.values():
        for rule in each.catalogue.rules:
            if isinstance(rule.check, NotCheckable):
                assert rule.rule_id.partition("-")[2] not in each.examples
                assert rule.check.reason.endswith(".")
