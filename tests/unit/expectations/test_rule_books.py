"""The catalogue against the rule books it restates: no rule left out, none in the wrong years."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from fixtures.scratch_warehouse import catalogue

from expectations.catalogue import Rule, load_catalogues
from expectations.checks import NotCheckable

OLDEST_BOOK = "2022/23"
NEVER_IN_FORCE = "not_active"
OUR_OWN = "LOCAL-"


def book(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "domain" / f"rules_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_code(name: str) -> dict[str, list[Rule]]:
    rules = defaultdict(list)
    for rule in catalogue(name).rules:
        if rule.dfe_code and not rule.dfe_code.startswith(OUR_OWN):
            rules[rule.dfe_code].append(rule)
    return dict(rules)


@pytest.mark.parametrize("name", ["ssda903", "cin_census"])
def test_every_rule_of_the_book_is_in_the_catalogue_and_no_other(shared: Path, name: str) -> None:
    assert set(by_code(name)) == {row["code"] for row in book(shared, name)}


@pytest.mark.parametrize("name", ["ssda903", "cin_census"])
def test_severities_are_those_of_the_book(shared: Path, name: str) -> None:
    rules = by_code(name)
    for row in book(shared, name):
        suggested = row["severity_suggested"].replace("query", "warning")
        assert {rule.severity for rule in rules[row["code"]]} == {suggested}, row["code"]


@pytest.mark.parametrize("name", ["ssda903", "cin_census"])
def test_rules_hold_in_the_years_of_the_book(shared: Path, name: str) -> None:
    """The book begins in 2022/23: a rule it has from then on may be as old as its item."""
    rules = by_code(name)
    for row in book(shared, name):
        versions = rules[row["code"]]
        first, last = row["valid_from_year"], row["valid_to_year"]
        if first == NEVER_IN_FORCE:
            assert all(isinstance(rule.check, NotCheckable) for rule in versions), row["code"]
            continue
        begins = first.replace("-", "/")
        told = versions[0].valid_from or ""
        assert told == begins or (begins == OLDEST_BOOK and told < begins), row["code"]
        assert (versions[-1].valid_to or "") == last.replace("-", "/"), row["code"]


def test_rules_on_places_rest_on_the_reference_data_they_need() -> None:
    directory = "164 169 179 218 229 230 392a 392c 406 411 420 452 453 454 503G 503H 503J 1015"
    lists = "219 221 224 227 228 229 1008"
    rules = by_code("ssda903")
    for codes, needed in (
        (directory, "postcodes"),
        (lists, "providers"),
        ("633", "authority_numbers"),
    ):
        for code in codes.split():
            for rule in rules[code]:
                assert needed in {table.alias for table in rule.also_reads}, code


def test_rules_on_last_year_need_last_year(shared: Path) -> None:
    rules = by_code("ssda903")
    for row in book(shared, "ssda903"):
        if row["needs_last_year"] == "true" and row["valid_from_year"] != NEVER_IN_FORCE:
            for rule in rules[row["code"]]:
                assert any(table.years_back for table in rule.also_reads), row["code"]


def test_the_shorter_list_is_in_the_catalogue_too(shared: Path) -> None:
    """Finance, aggregate and local rules of the earlier list, whatever return they are about."""
    with (shared / "domain" / "validation_rules.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["dfe_code"] for row in csv.DictReader(file)}
    assert listed <= {rule.dfe_code for each in load_catalogues() for rule in each.rules}
