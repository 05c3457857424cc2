"""What every return contract must hold to, whichever return it is of."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path

import pytest
import yaml

from orchestration.landing.contracts import (
    CONTRACTS_DIR,
    Contract,
    Table,
    contract_for,
    load_contracts,
)
from orchestration.landing.recognition import recognise

REPOSITORY = Path(__file__).parents[2]
SHARED = REPOSITORY.parent / "shared"

OWNERS = {"social_care", "education", "health", "youth_offending", "finance", "performance"}

SPECIFIED = {
    # Each table of the returns a borough sends, and the first and last year it is asked for.
    "ssda903": {
        "header": ("2007-08", None),
        "episodes": ("2007-08", None),
        "reviews": ("2007-08", None),
        "oc2": ("2007-08", None),
        "oc3": ("2007-08", None),
        "ad1": ("2007-08", None),
        "placed_for_adoption": ("2007-08", None),
        "missing": ("2014-15", None),
        "uasc": ("2007-08", None),
        "previous_permanence": ("2016-17", None),
        "sw_episodes": ("2023-24", None),
        "dolo": ("2026-27", None),
    },
    "cin_census": {
        "header": ("2008-09", None),
        "child": ("2008-09", None),
        "disability": ("2008-09", None),
        "cin": ("2008-09", None),
        "initial_assessment": ("2008-09", "2012-13"),
        "core_assessment": ("2008-09", "2012-13"),
        "assessment": ("2013-14", None),
        "factor": ("2013-14", None),
        "cin_plan": ("2021-22", None),
        "section47": ("2008-09", None),
        "cpp": ("2008-09", None),
        "cpp_review": ("2008-09", None),
        "pre_proceedings": ("2026-27", None),
    },
    "school_census": {
        "pupils": ("2007-08", None),
        "exclusions": ("2007-08", None),
        "session_details": ("2007-08", None),
        "sen_needs": ("2007-08", None),
    },
    "ks2_results": {"results": ("2006-07", None)},
    "ks4_results": {"results": ("2006-07", None)},
    "eyfsp": {"results": ("2007-08", None)},
    "nccis": {"activities": ("2007-08", None)},
    "yjmis": {"outcomes": ("2007-08", None)},
    "sen2": {"requests": ("2007-08", None)},
    "ncmp": {"measurements": ("2007-08", None)},
    "breastfeeding": {"quarters": ("2007-08", None)},
    "looked_after_health": {"initial_assessments": ("2007-08", None)},
    "contacts": {"contacts": ("2007-08", None)},
    "early_help": {"episodes": ("2007-08", None)},
    "missing_children": {
        "missing_episodes": ("2007-08", None),
        "return_interviews": ("2007-08", None),
    },
    "child_exploitation": {"concerns": ("2007-08", None)},
    "young_carers": {"register": ("2007-08", None)},
    "private_fostering": {"arrangements": ("2007-08", None)},
    "file_audits": {"audits": ("2007-08", None)},
    "placement_payments": {"payments": ("2007-08", None)},
    "budget_ledger": {"lines": ("2007-08", None)},
    "section251": {"outturn": ("2007-08", None)},
    "indicator_figures": {"figures": ("2007-08", None)},
    "acknowledgements": {"findings": ("2007-08", None)},
    "underlying_statistics": {"figures": ("2009-10", None)},
}
NATIONAL = {
    "published_statistics",
    "population_estimates",
    "postcode_directory",
    "ofsted_providers",
    "authority_numbers",
}
KNOWN_BY_PLACE = "published_statistics"
"""Its rows have no key of their own: releases stand beside each other, lines as published."""

KEYS = {
    # Keys others join on; a change here is a change of what a row is.
    "ssda903.episodes": ("child", "decom"),
    "cin_census.cin": ("la_child_id", "cin_referral_date"),
    "cin_census.assessment": ("la_child_id", "cin_referral_date", "assessment_sequence"),
    "cin_census.factor": (
        "la_child_id",
        "cin_referral_date",
        "assessment_sequence",
        "assessment_factor",
    ),
    "cin_census.cpp": ("la_child_id", "cpp_start_date"),
    "cin_census.cpp_review": ("la_child_id", "cpp_start_date", "cpp_review_date"),
    "nccis.activities": ("person_id", "month"),
    "placement_payments.payments": ("payment_id",),
    "section251.outturn": ("year", "line_code"),
}


def every_table() -> Iterator[tuple[Contract, Table]]:
    for contract in load_contracts():
        for table in contract.tables:
            yield contract, table


def by_return() -> dict[str, list[Contract]]:
    versions: dict[str, list[Contract]] = {}
    for contract in load_contracts():
        versions.setdefault(contract.return_name, []).append(contract)
    return versions


def label(contract: Contract, table: Table) -> str:
    return f"{contract.return_name} {contract.version} {table.name}"


def year_after(version: str) -> str:
    start = int(version[:4]) + 1
    return f"{start}-{(start + 1) % 100:02d}"


def test_no_return_is_missing_or_unheard_of() -> None:
    assert set(by_return()) == set(SPECIFIED) | NATIONAL


@pytest.mark.parametrize("return_name", sorted(SPECIFIED))
def test_each_table_has_a_contract_in_the_years_it_is_asked_for(return_name: str) -> None:
    def has(table: str, period: str) -> bool:
        return any(t.name == table for t in contract_for(return_name, period).tables)

    beginning = by_return()[return_name][0].version
    for table, (first, last) in SPECIFIED[return_name].items():
        assert has(table, first), f"{table} lacks a contract in {first}"
        if first != beginning:
            start = int(first[:4])
            assert not has(table, f"{start - 1}-{start % 100:02d}"), f"{table} before {first}"
        assert has(table, last or "2026-27"), f"{table} lacks a contract in {last or '2026-27'}"
        if last is not None:
            assert not has(table, year_after(last)), f"{table} after {last}"


def test_years_of_a_return_inherit_from_the_one_before() -> None:
    for versions in by_return().values():
        for before, after in pairwise(versions):
            file = CONTRACTS_DIR / after.return_name / f"{after.version}.yml"
            assert yaml.safe_load(file.read_text("utf-8"))["inherits"] == before.version, file
        first = CONTRACTS_DIR / versions[0].return_name
        assert sum("inherits" not in f.read_text("utf-8") for f in first.glob("*.yml")) == 1, first


def test_every_return_has_an_owner_who_gets_its_reports() -> None:
    assert {contract.owner for contract in load_contracts()} == OWNERS


def test_every_table_has_a_key() -> None:
    for contract, table in every_table():
        if contract.return_name != KNOWN_BY_PLACE:
            assert table.primary_key, label(contract, table)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_keys_others_join_on_stand(name: str) -> None:
    return_name, table = name.split(".")
    assert contract_for(return_name).table(table).primary_key == KEYS[name]


def test_descriptions_say_what_a_row_and_a_column_is() -> None:
    for contract, table in every_table():
        assert table.description.startswith("One row per "), label(contract, table)
        for column in table.columns:
            assert re.fullmatch(r"[A-Z0-9`].*[.]", column.description), (
                f"{label(contract, table)} {column.name}: a sentence, with its full stop"
            )


def test_no_two_tables_ask_for_the_same_header() -> None:
    asked = {
        (contract.return_name, table.name): frozenset(
            column.header.lower() for column in table.columns if not column.optional
        )
        for versions in by_return().values()
        for contract in versions
        for table in contract.tables
        if "table" in table.layouts and table.filled_with is None
    }
    for (one, headers), (other, others) in combinations(asked.items(), 2):
        assert headers != others, f"{one} and {other} cannot be told apart"


def test_a_header_is_recognised_as_its_own_table_and_as_no_other_return() -> None:
    contracts = load_contracts()
    newest = [versions[-1] for versions in by_return().values()]
    for contract, table in every_table():
        if table.layouts != ("table",) or table.filled_with is not None:
            continue
        header = [column.header for column in table.columns]
        needed = [column.header for column in table.columns if not column.optional]
        for sent in (header, needed):
            match = recognise(sent, contract, contracts)
            assert match is not None, label(contract, table)
            assert (match.table.name, len(match.columns)) == (table.name, len(sent))
        for other in newest:
            # The old wide layout names no fixed columns: it is tried in its own folder only.
            if other.return_name not in (contract.return_name, "underlying_statistics"):
                taken = recognise(header, other, contracts)
                assert taken is None, f"{label(contract, table)} is taken for {other.return_name}"


def test_paths_of_xml_values_stay_within_the_return() -> None:
    for contract, table in every_table():
        depth = len((table.xml_element or "").split("/"))
        for column in table.columns:
            for path in (column.xml_path, column.xml_position):
                if path is not None:
                    assert table.xml_element, label(contract, table)
                    assert path.split("/").count("..") < depth, f"{label(contract, table)} {path}"


def test_rows_of_the_census_carry_the_keys_of_the_elements_around_them() -> None:
    tables = {
        table.name: table
        for contract in by_return()["cin_census"]
        for table in contract.tables
        if (table.xml_element or "").startswith("Children/Child/CINdetails")
    }
    assert len(tables) == 10
    for table in tables.values():
        assert {"la_child_id", "cin_referral_date", "cin_sequence"} <= {
            column.name for column in table.columns
        }, table.name


def test_every_table_can_say_which_part_of_a_period_a_file_is() -> None:
    for contract, table in every_table():
        if contract.parts not in (None, "file"):
            assert contract.parts in {c.name for c in table.columns}, label(contract, table)


def test_code_sets_exist() -> None:
    source = SHARED / "domain" / "codes.csv"
    if not source.exists():
        pytest.skip("the domain's list of codes is not beside this checkout")
    with source.open(encoding="utf-8", newline="") as lines:
        known = {row["code_set"] for row in csv.DictReader(lines)}
    for contract, table in every_table():
        for column in table.columns:
            assert column.code_set is None or column.code_set in known, (
                f"{label(contract, table)} {column.name}: {column.code_set}"
            )


def documented() -> dict[str, list[str]]:
    page = (REPOSITORY / "docs" / "returns.md").read_text("utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if re.match(r"\| `\w+` \|", line)
    ]
    return {row[0].strip("`"): row for row in rows}


def test_the_page_of_returns_says_what_the_contracts_say() -> None:
    page = documented()
    assert set(page) == set(by_return())
    for name, versions in by_return().items():
        _, owner, _, _, files, first, tables = page[name]
        assert owner == versions[0].owner, name
        assert ("XML" in files) == (versions[0].xml_root is not None), name
        assert first == ("—" if versions[0].national else versions[0].version), name
        told = {
            match[1]: tuple((match[2] or "").split(", ")) if match[2] else ()
            for match in re.finditer(r"`(\w+)`(?: \(([^)]*)\))?", tables)
        }
        assert told == {
            table.name: table.primary_key for version in versions for table in version.tables
        }, name
