"""Reading rules files: what may be written, what is inherited, how a fault is worded."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from expectations.catalogue import (
    CatalogueError,
    Rule,
    load_catalogue,
    load_catalogues,
    load_rules,
)

SMALL = """
boundary: returns
return: ssda903
owner: social_care
by_delivery: true
tables:
  header: {relation: staging.children, title: Header, key: [child_id], sent_as: {child_id: CHILD}}
  episodes: {relation: staging.episodes, title: Episodes, key: [child_id, start_date]}
code_sets:
  sex: [{to: 2023/24, codes: ["1"]}, {from: 2024/25, codes: [M]}]
rules:
  - id: r-{table}
    for_each: {header: "7", episodes: "8"}
    severity: error
    columns: key
    check: {required: key}
    protects: The figures.
    guidance: A guide
    message: "{columns} is blank in {title}, {other}."
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "small.yml"
    path.write_text(text, encoding="utf-8")
    return path


def rules_of(tmp_path: Path, text: str) -> tuple[Rule, ...]:
    return load_catalogue(written(tmp_path, text)).rules


def test_a_rule_for_several_tables_is_written_once(tmp_path: Path) -> None:
    header, episodes = rules_of(tmp_path, SMALL)
    assert (header.rule_id, header.dfe_code) == ("r-header", "7")
    assert (episodes.rule_id, episodes.dfe_code) == ("r-episodes", "8")
    assert header.message == "CHILD is blank in Header, {other}."
    assert episodes.columns == ("child_id", "start_date")
    assert header.owner == "social_care"


def test_a_change_of_year_inherits_what_it_does_not_say(tmp_path: Path) -> None:
    text = (
        SMALL + "    changes: [{from: 2016/17, message: New.}, {from: 2020/21, severity: warning}]"
    )
    first, second, third = rules_of(tmp_path, text)[:3]
    assert [rule.rule_id for rule in (first, second, third)] == ["r-header"] * 3
    assert (first.valid_from, first.valid_to) == (None, "2015/16")
    assert (second.valid_from, second.valid_to) == ("2016/17", "2019/20")
    assert (third.valid_from, third.valid_to) == ("2020/21", None)
    assert (second.message, second.severity) == ("New.", "error")
    assert (third.message, third.severity) == ("New.", "warning")


def test_a_rule_holds_in_its_first_and_last_year(tmp_path: Path) -> None:
    text = SMALL + "    valid_from: 2010/11\n    valid_to: 2016/17\n"
    rule = rules_of(tmp_path, text)[0]
    held = [rule.holds_in(year) for year in ("2009/10", "2010/11", "2016/17", "2017/18")]
    assert held == [False, True, True, False]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("severity: error", "severity: fatal", "rule r-header: severity 'fatal' is not one of"),
        ("owner: social_care", "owner: nobody", "owner 'nobody' is not one of social_care"),
        ("check: {required: key}", "check: {must: key}", "check 'must' is not one of required"),
        ("check: {required: key}", "check: key", "'check' must be one of required"),
        ("    check: {required: key}\n", "", "'check' must be one of"),
        ("{required: key}", "{codes: {column: a, set: b}}", "code set 'b' is not one of"),
        ("{required: key}", "{codes: {column: a}}", "check 'codes' needs column, set"),
        ("{required: key}", "{fails_when: a}\n    colour: red", "'colour' is not a field here"),
        ("{required: key}", "{fails_when: 'a > :limit'}", "':' marks a parameter"),
        ("{required: key}", "{fails_when: ''}", "check 'fails_when' needs SQL"),
        ("{required: key}", "{date_order: {first: a, then: b, same_day: no}}", "same_day is"),
        (
            "{required: key}",
            "{present_in: {table: episodes, matching: [child_id]}}",
            "its check reads episodes; list it under also_reads",
        ),
        ('header: "7"', 'heeder: "7"', "table 'heeder' is not one of this file's: header"),
        ("relation: staging.children", "relation: children", "must be schema.table"),
        ("boundary: returns", "boundary: sea", "boundary 'sea' is not one of returns, marts"),
        ("message: ", "massage: ", "'massage' is not a field here"),
        ("protects: The figures.", "protects:", "'protects' is missing"),
        ("severity: error", "severity: error\n    valid_from: 2016", "'2016' is not a collection"),
        ("severity: error", "severity: error\n    valid_to: 2016/18", "does not end in the year"),
        ("rules:", "rules: [", "it is not YAML"),
        ("rules:", "regulations:", "'regulations' is not a field here"),
        ("columns: key", "columns: [Child ID]", "'Child ID' under 'columns' is not a column"),
        ("severity: error", "severity: error\n    changes: [{severity: error}]", "which year"),
    ],
)
def test_a_fault_says_where_it_is_and_what_to_do(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in SMALL
    with pytest.raises(CatalogueError) as raised:
        rules_of(tmp_path, SMALL.replace(old, new, 1))
    assert str(raised.value).startswith("small.yml")
    assert told in str(raised.value)


def test_two_rules_may_not_share_an_id(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(CatalogueError, match="r-episodes is written more than once"):
        load_catalogues(tmp_path)


def test_piers_own_rules_are_read_once_each() -> None:
    rules = load_rules()
    assert len({rule.rule_id for rule in rules}) == len(rules)
    assert {catalogue.boundary for catalogue in load_catalogues()} == {"returns", "marts"}
    for rule in rules:
        assert "{" not in rule.message, f"{rule.rule_id} has a place nothing fills"


def test_marts_to_be_published_are_all_guarded() -> None:
    """A mart that is published and has no key rule would leave unchecked."""
    project = Path(__file__).parents[3] / "dbt_project" / "models"
    published = set()
    for path in project.glob("marts/**/*.yml"):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            publish = model.get("config", {}).get("meta", {}).get("publish")
            if publish:
                published.add(f"marts.{model['name']}")
            if publish == "suppressed":
                published.add(f"published.published__{model['name']}")
    keyed = {rule.tables[0] for rule in load_rules() if rule.rule_id.startswith("marts-key-")}
    assert published - keyed == set()
