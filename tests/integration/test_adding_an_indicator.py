"""Adding an indicator takes what CONTRIBUTING.md says, and no more.

The rows and columns printed there are added to a copy of the project, which is built on a small
invented return. If the page and the project part, this fails.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from fixtures.homes import NewHome

from orchestration import dbt
from orchestration.dbt import PointInTime, run_dbt
from orchestration.landing import LandingOptions, land
from orchestration.settings import PROJECT_ROOT, Settings

pytestmark = pytest.mark.heavy

BOROUGH = "991"  # a number no authority has
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NEEDED_TABLE = re.compile(r"`(pop_care_starters,is_under_one,[^`]*)`")
RETURN = {
    "header.csv": """\
CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB
C1,1,02/06/2015,WBRI,UN1,,
C2,2,01/06/2015,WBRI,UN1,,
C3,2,15/01/2008,BAFR,UN1,,
C4,2,01/08/2016,WBRI,UN1,,
""",
    # C3 lived in three places; C4 was under one, but left.
    "episodes.csv": """\
CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN
C1,01/06/2016,S,C2,N1,U6,PR1,,,,,SS1 1AA,SC1
C2,01/06/2016,S,C2,N1,U6,PR1,,,,,SS1 1AA,SC1
C3,01/07/2016,S,C2,N1,U6,PR1,01/09/2016,X1,PLACE,,SS1 1AA,SC1
C3,01/09/2016,P,C2,N1,U6,PR1,01/11/2016,X1,PLACE,,SS2 2BB,SC2
C3,01/11/2016,P,C2,N1,U6,PR1,,,,,SS3 3CC,SC3
C4,03/08/2016,S,C2,N1,U6,PR1,01/02/2017,E4A,,,SS1 1AA,SC1
""",
}


@dataclass(frozen=True)
class Example:
    """What the page prints: rows of the catalogue, a model's last step, its YAML."""

    catalogue_rows: tuple[str, ...]
    population_table_row: str
    last_step: str
    column: str
    unit_test: str


@pytest.fixture(scope="module")
def example() -> Example:
    page = (PROJECT_ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.partition("## Adding an indicator")[2].partition("\n## ")[0]
    blocks: dict[str, list[str]] = {}
    for language, text in BLOCK.findall(section):
        blocks.setdefault(language, []).append(text)
    column, unit_test = blocks["yaml"]
    [last_step] = blocks["sql"]
    [table_row] = NEEDED_TABLE.findall(section)
    return Example(tuple(blocks["csv"]), table_row + "\n", last_step, column, unit_test)


def put(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} no longer has {old!r} once"
    path.write_text(text.replace(old, new), encoding="utf-8")


def add(path: Path, *rows: str) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        file.writelines(rows)


def follow(example: Example, project: Path) -> None:
    """Do in a copy of the project what the page says."""
    seeds = project / "seeds" / "indicators"
    add(seeds / "indicator_catalogue.csv", *example.catalogue_rows)
    add(seeds / "population_tables.csv", example.population_table_row)
    populations = project / "dbt_project" / "models" / "marts" / "populations"
    put(
        populations / "pop_care_starters.sql",
        "\n)\n\nselect * from members\n",
        f"\n),\n\n{example.last_step}",
    )
    put(
        populations / "pop_care_starters.yml",
        "      - name: reason\n        data_type",
        f"{example.column}      - name: reason\n        data_type",
    )
    add(populations / "pop_care_starters.yml", example.unit_test)


@pytest.fixture(scope="module")
def warehouse(
    example: Example,
    new_home: NewHome,
    tmp_path_factory: pytest.TempPathFactory,
    point: PointInTime,
) -> Iterator[duckdb.DuckDBPyConnection]:
    project = tmp_path_factory.mktemp("project")
    for folder in ("dbt_project", "seeds"):
        shutil.copytree(
            PROJECT_ROOT / folder, project / folder, ignore=shutil.ignore_patterns("target", "logs")
        )
    follow(example, project)
    settings = new_home("added", point)
    landed(settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbt, "DBT_PROJECT_DIR", project / "dbt_project")
        chosen = [
            "+fct_indicator_values",
            "+fct_indicator_flags",
            "pop_care_starters__first_birthday",
            "names_population_columns_indicator_catalogue_",
        ]
        arguments = ["build", "--indirect-selection", "empty", "--select", *chosen]
        assert run_dbt(settings, point, arguments) == 0
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
        yield connection


def landed(settings: Settings) -> None:
    folder = settings.landing_dir / "ssda903" / BOROUGH / "2016-17"
    folder.mkdir(parents=True)
    for name, text in RETURN.items():
        (folder / name).write_text(text, encoding="utf-8")
    summary = land(
        settings, None, dt.datetime.now(dt.UTC), options=LandingOptions(settle_seconds=0)
    )
    assert [d.fate for d in summary.deliveries] == ["accepted"] * len(RETURN)


def figures(
    warehouse: duckdb.DuckDBPyConnection, indicator: str, breakdown: str
) -> dict[str, tuple[float, float | None, float | None]]:
    rows = warehouse.execute(
        """
        select breakdown_value, numerator, denominator, value from marts.fct_indicator_values
        where indicator_id = ? and breakdown = ? and period_label = '2016/17' and area_code = ?
        """,
        [indicator, breakdown, BOROUGH],
    ).fetchall()
    return {part: (numerator, denominator, value) for part, numerator, denominator, value in rows}


def test_a_row_is_an_indicator_with_its_breakdowns(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert figures(warehouse, "LOCAL 1", "total") == {"total": (1, None, 1)}
    by_sex = figures(warehouse, "LOCAL 1", "sex")
    assert (by_sex["Female"], by_sex["Male"]) == ((1, None, 1), (0, None, 0))
    by_age = figures(warehouse, "LOCAL 1", "age_band")
    assert [band for band, (count, _, _) in by_age.items() if count] == ["5-9"]


def test_a_new_column_is_a_new_rule(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert figures(warehouse, "LOCAL 2", "total") == {"total": (2, 4, 50)}
    by_sex = figures(warehouse, "LOCAL 2", "sex")
    assert by_sex["Male"] == (1, 1, 100)
    assert by_sex["Female"][:2] == (1, 3)
    assert figures(warehouse, "LOCAL 2", "age_band")["Under 1"] == (2, 2, 100)


def test_it_has_every_breakdown_its_population_has(warehouse: duckdb.DuckDBPyConnection) -> None:
    """As many as the indicator of the same population that was there before."""
    found = dict(
        warehouse.execute(
            "select indicator_id, list(distinct breakdown order by breakdown)"
            " from marts.fct_indicator_values where indicator_id in ('LOCAL 2', 'JC-LACSTART')"
            " and period_label = '2016/17' group by indicator_id"
        ).fetchall()
    )
    assert found["LOCAL 2"] == found["JC-LACSTART"]
    assert len(found["LOCAL 2"]) > 5


def test_its_children_are_found(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        """
        select child_id, in_numerator, source_file, source_line from marts.fct_indicator_flags
        where indicator_id = 'LOCAL 2' and period_label = '2016/17' order by child_id
        """
    ).fetchall()
    path = f"ssda903/{BOROUGH}/2016-17/episodes.csv"
    assert rows == [
        ("C1", True, path, 2),
        ("C2", False, path, 3),
        ("C3", False, path, 4),
        ("C4", True, path, 7),
    ]
