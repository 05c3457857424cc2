"""What a rule's findings do to figures: the way from a column to the indicators that read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from expectations.catalogue import Catalogue, Rule
from expectations.checks import FilledIn
from expectations.effects import indicators_touched
from expectations.rule import Table

STAGING = """
with exclusions as (select * from {{ source('school', 'exclusions') }}),
typed as (
    select
        {{ clean_identifier('exclusions.exclusion_id') }} as exclusion_id,
        {{ parse_date('exclusions.start_date') }} as exclusion_start_date,
        cast({{ clean_text('exclusions.sessions') }} as integer)
            as excluded_session_count,
        exclusions.remark,
        exclusions._delivery_id
    from exclusions
)
select * from typed
"""
POPULATION = "select exclusion_id, exclusion_start_date, remark from {{ ref('stg_school') }}"


def model(name: str, sql: str, reads: str) -> dict[str, Any]:
    return {
        "name": name,
        "resource_type": "model",
        "raw_code": sql,
        "depends_on": {"nodes": [reads]},
    }


MANIFEST = {
    "sources": {"source.pier.school.exclusions": {"identifier": "school__exclusions"}},
    "nodes": {
        "model.pier.stg_school": model("stg_school", STAGING, "source.pier.school.exclusions"),
        "model.pier.pop_exclusions": model("pop_exclusions", POPULATION, "model.pier.stg_school"),
    },
}


@pytest.fixture
def indicators(tmp_path: Path) -> Path:
    path = tmp_path / "indicator_catalogue.csv"
    path.write_text(
        "indicator_id,population,monthly_population,source_return\n"
        "NI 114,pop_exclusions,,school\nJC-FEX,pop_exclusions,,school\n"
        "NI 1,pop_others,,others\n"
    )
    return path


def touched(indicators: Path, relation: str, *columns: str) -> str | None:
    table = Table("exclusions", relation, "Exclusions", ("exclusion_id",), "exclusions", {})
    rule = Rule(
        rule_id="invented",
        version=1,
        dfe_code=None,
        severity="error",
        owner="education",
        table=table,
        also_reads=(),
        may_read=(),
        steps=(),
        columns=columns,
        check=FilledIn(columns),
        protects="",
        guidance="",
        message="",
        valid_from=None,
        valid_to=None,
    )
    catalogue = Catalogue("c", "returns", "school", True, None, {"exclusions": table}, (rule,))
    return indicators_touched([catalogue], MANIFEST, indicators).get("invented")


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        # Staging calls it something else, and the population reads it under that name.
        ("start_date", "JC-FEX, NI 114"),
        # Under its own name.
        ("remark", "JC-FEX, NI 114"),
        # Staging keeps it, and no population reads it.
        ("sessions", None),
        # The key stands for the whole record.
        ("exclusion_id", "JC-FEX, NI 114"),
    ],
)
def test_a_raw_column_is_followed_under_the_name_staging_gives_it(
    indicators: Path, column: str, expected: str | None
) -> None:
    assert touched(indicators, "raw.school__exclusions", column) == expected


def test_a_staged_column_is_followed_under_its_own_name(indicators: Path) -> None:
    relation = "staging.stg_school"
    assert touched(indicators, relation, "exclusion_start_date") == "JC-FEX, NI 114"
    assert touched(indicators, relation, "excluded_session_count") is None


def test_a_table_no_model_reads_touches_nothing(indicators: Path) -> None:
    assert touched(indicators, "raw.school__pupils", "remark") is None
