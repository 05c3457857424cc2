"""Phrases, steps and folders of rules: what rules share is written once."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixtures.scratch_warehouse import AS_AT

from expectations.catalogue import Catalogue, CatalogueError, load_catalogue, load_catalogues
from expectations.checks import NotCheckable
from expectations.phrases import PhraseError, read_phrase, spelt_out
from expectations.queries import RuleQueries

HEAD = """
boundary: returns
return: ssda903
owner: social_care
by_delivery: true
tables:
  header: {relation: staging.children, title: Header, key: [child_id]}
  episodes: {relation: staging.episodes, title: Episodes, key: [child_id]}
  postcodes: {relation: staging.postcodes, title: postcode directory, return: directory,
              key: [postcode]}
  payments: {relation: staging.payments, title: Payments, return: ledger, same_year: true,
             key: [payment_id]}
defaults: {id: "r-{dfe_code}", severity: error, guidance: "Rule {dfe_code}"}
phrases:
  same_child(other): "{other}.child_id = record.child_id"
  known(other): exists (select 1 from {other} where $same_child({other}))
steps:
  dated: {also_reads: [episodes], sql: select * from episodes where start is not null}
  firsts: {sql: select * from dated}
"""
RULES = """
defaults: {table: header, protects: The figures., severity: warning}
rules:
  - {dfe_code: "1", columns: key, check: {fails_when: $known(firsts)}, message: Mend it.}
"""


def folder(tmp_path: Path, rules: str = RULES, head: str = HEAD) -> Path:
    path = tmp_path / "book"
    path.mkdir()
    (path / "catalogue.yml").write_text(head, encoding="utf-8")
    (path / "some.yml").write_text(rules, encoding="utf-8")
    return path


def sql_of(catalogue: Catalogue) -> str:
    columns = {
        table.relation: dict.fromkeys(["child_id", "la_code", "period_label"], "VARCHAR")
        for table in catalogue.tables.values()
    }
    return RuleQueries(catalogue.rules[0], catalogue, columns, AS_AT).failing()


def test_a_folder_is_one_catalogue(tmp_path: Path) -> None:
    [catalogue] = load_catalogues(folder(tmp_path).parent)
    [rule] = catalogue.rules
    assert (catalogue.name, rule.rule_id, rule.guidance) == ("book", "r-1", "Rule 1")
    assert (rule.severity, rule.owner) == ("warning", "social_care")


def test_a_rule_gets_the_steps_it_names_those_they_need_and_their_tables(tmp_path: Path) -> None:
    catalogue = load_catalogue(folder(tmp_path))
    [rule] = catalogue.rules
    assert [step.name for step in rule.steps] == ["dated", "firsts"]
    assert [table.alias for table in rule.also_reads] == ["episodes"]
    sql = sql_of(catalogue)
    assert sql.index("episodes as (") < sql.index("dated as (") < sql.index("firsts as (")
    assert "exists (select 1 from firsts where firsts.child_id = record.child_id)" in sql


def test_last_year_is_the_same_table_a_year_back(tmp_path: Path) -> None:
    rules = RULES.replace("columns: key", "also_reads: [last_year_header], columns: key")
    catalogue = load_catalogue(folder(tmp_path, rules.replace("firsts", "last_year_header")))
    [rule] = catalogue.rules
    [table] = rule.also_reads
    assert (table.relation, table.years_back, table.title) == (
        "staging.children",
        1,
        "Header (year before)",
    )
    assert "intersect" in sql_of(catalogue)


def test_tables_of_other_returns_are_shared_or_of_the_same_year(tmp_path: Path) -> None:
    tables = load_catalogue(folder(tmp_path)).tables
    assert [tables[name].is_shared for name in ("header", "postcodes", "payments")] == [
        False,
        True,
        False,
    ]


def test_a_rule_that_cannot_be_checked_says_why(tmp_path: Path) -> None:
    rules = RULES.replace("{fails_when: $known(firsts)}", "{not_checkable: Nobody asks.}")
    [rule] = load_catalogue(folder(tmp_path, rules)).rules
    assert rule.check == NotCheckable("Nobody asks.")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("$known(firsts)", "$none(firsts)", "some.yml, rule r-1: phrase 'none' is not one of"),
        ("$known(firsts)", "'$known(a, b)'", "phrase 'known' takes 1 arguments"),
        ("$known(firsts)", "'$known(firsts'", "a phrase has no closing bracket"),
        ("{fails_when: $known(firsts)}", "{not_checkable: ''}", "'not_checkable' needs the reason"),
        ("table: header", "table: last_year_nothing", "table 'last_year_nothing' is not one of"),
        ("severity: warning", "message: All alike", "'message' is not a field here"),
        ("rules:\n", "tables: {}\nrules:\n", "some.yml, the top level: 'tables' is not a field"),
    ],
)
def test_a_fault_names_the_file_and_the_rule(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in RULES
    with pytest.raises(CatalogueError) as raised:
        load_catalogue(folder(tmp_path, RULES.replace(old, new, 1)))
    assert told in str(raised.value)


def test_phrases_may_use_phrases_and_arguments_too() -> None:
    phrases = {
        phrase.name: phrase
        for phrase in (read_phrase("twice(a)", "({a}, {a})"), read_phrase("nought()", "0"))
    }
    assert spelt_out({"x": ["$twice($twice($nought()))"]}, phrases) == {"x": ["((0, 0), (0, 0))"]}


def test_phrases_that_use_each_other_without_end_are_refused() -> None:
    endless = {"a": read_phrase("a()", "$b()"), "b": read_phrase("b()", "$a()")}
    with pytest.raises(PhraseError, match="without end"):
        spelt_out("$a()", endless)


@pytest.mark.parametrize("signature", ["a", "a(b", "a b()"])
def test_a_phrase_is_written_with_its_parameters(signature: str) -> None:
    with pytest.raises(PhraseError, match="is not written as"):
        read_phrase(signature, "1")
