"""Every column of every return travels from file to raw to staging, with its true line.

For each table of each year of each contract an invented file is made from the contract: one
good line, and one in which every cell that can be wrongly typed is. Which staging column a
column of the return became is read off the project's own descriptions, which cite the original.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from fixtures.homes import NewHome

from orchestration.dbt import PointInTime, run_dbt
from orchestration.landing.contracts import Column, Contract, Table, load_contracts
from orchestration.landing.engine import LandingOptions, land
from orchestration.settings import Settings

STAGED_ELSEWHERE = {
    # Their layouts are not a row a line; tests of their own follow them.
    "published_statistics",
}
WRONG = {
    "date": "31/02/2016",
    "integer": "3.7",
    "number": "a lot",
    "boolean": "perhaps",
}
PARTS = {
    "month": "2016-11",
    "quarter": "2016-17 Q1",
    "term": "autumn",
    "owner": "finance",
    "list": "homes",
}
GOOD_LINE, WRONG_LINE = 2, 3

pytestmark = pytest.mark.heavy


@dataclass(frozen=True)
class Sent:
    """One invented file: where it lies, and the text of its cells by column."""

    contract: Contract
    table: Table
    source_file: str
    good: Mapping[str, str]
    wrong: Mapping[str, str]


@dataclass(frozen=True)
class Warehouse:
    """The warehouse after landing and staging, and what the project says of its models."""

    connection: duckdb.DuckDBPyConnection
    deliveries: Mapping[str, tuple[int, str]]
    models: Mapping[tuple[str, str], Mapping[str, Any]]

    def row(self, relation: str, file: str, line: int) -> dict[str, Any]:
        found = self.connection.execute(
            f"select * from {relation} where _source_file = ? and _source_line = ?", [file, line]
        )
        names = [column[0] for column in found.description or []]
        rows = found.fetchall()
        assert len(rows) == 1, f"{relation}: {len(rows)} rows of {file}, line {line}"
        return dict(zip(names, rows[0], strict=True))


def good_text(contract: Contract, column: Column, day: dt.date) -> str:
    if column.name in PARTS:
        return PARTS[column.name]
    if column.logical_type == "date":
        return day.strftime(column.date_formats[0])
    if column.logical_type != "string":
        return {"integer": "7", "number": "1.5", "boolean": "1"}[column.logical_type]
    if column.name == "terminated_on":
        return "201611"
    return column.values[0] if column.values else "0A1"


def wrong_text(contract: Contract, column: Column, good: str) -> str:
    if column.name in PARTS:
        return good
    if column.logical_type == "string":
        return good if column.values or column.name == "terminated_on" else "0B2"
    return WRONG[column.logical_type]


def invented(contract: Contract, table: Table) -> Sent:
    day = dt.date(contract.first_year or 2016, 11, 5)
    good = {column.name: good_text(contract, column, day) for column in table.columns}
    wrong = {c.name: wrong_text(contract, c, good[c.name]) for c in table.columns}
    folder = contract.return_name
    if not contract.national:
        folder += f"/882/{contract.version}"
    return Sent(contract, table, f"{folder}/invented_{table.name}.csv", good, wrong)


def everything_sent() -> list[Sent]:
    return [
        invented(contract, table)
        for contract in load_contracts()
        for table in contract.tables
        if contract.return_name not in STAGED_ELSEWHERE and "table" in table.layouts
    ]


def write(settings: Settings, sent: Sent) -> None:
    path = settings.landing_dir / sent.source_file
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow([column.header for column in sent.table.columns])
        lines.writerow(sent.good.values())
        lines.writerow(sent.wrong.values())


UNDERLYING = "underlying_statistics/882/2016-17/2017_invented.csv"
CENSUS = "cin_census/883/2016-17/invented.xml"
CENSUS_ON_ONE_LINE = (
    "<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2017</Year>"
    "<ReferenceDate>2017-03-31</ReferenceDate></CollectionDetails>"
    "<Source><SourceLevel>L</SourceLevel><LEA>883</LEA></Source></Header><Children><Child>"
    "<ChildIdentifiers><LAchildID>007</LAchildID><PersonBirthDate>2010-02-29</PersonBirthDate>"
    "</ChildIdentifiers><CINdetails><CINreferralDate>2016-05-03</CINreferralDate>"
    "<ReferralNFA>false</ReferralNFA>"
    "<Assessments><AssessmentActualStartDate>2016-05-04</AssessmentActualStartDate>"
    "<FactorsIdentifiedAtAssessment><AssessmentFactors>1a</AssessmentFactors>"
    "<AssessmentFactors>16A</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>"
    "<ChildProtectionPlans><CPPstartDate>2016-06-01</CPPstartDate><Reviews>"
    "<CPPreviewDate>2016-08-30</CPPreviewDate><CPPreviewDate>2017-02-01</CPPreviewDate>"
    "</Reviews></ChildProtectionPlans></CINdetails></Child></Children></Message>"
)


@pytest.fixture(scope="module")
def warehouse(new_home: NewHome, point: PointInTime) -> Iterator[Warehouse]:
    settings = new_home("staged", point)
    for sent in everything_sent():
        write(settings, sent)
    underlying = settings.landing_dir / UNDERLYING
    underlying.parent.mkdir(parents=True)
    underlying.write_text("geog_l,geog_c,geog_n,CLA_1,CLA_2\nLA,001,Somewhere,12,x\n", "utf-8")
    census = settings.landing_dir / CENSUS
    census.parent.mkdir(parents=True)
    census.write_text(CENSUS_ON_ONE_LINE, "utf-8")
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    land(settings, None, dt.datetime(2017, 5, 1), options=LandingOptions(settle_seconds=0))
    built = run_dbt(
        settings,
        point,
        [
            *("build", "--select", "staging", "--exclude-resource-type", "unit_test"),
            *("--exclude", "path:models/staging/published_statistics"),
            "stg_pier__validation_outcomes",
        ],
    )
    assert built == 0
    manifest = json.loads((settings.dbt_target_dir / "manifest.json").read_text("utf-8"))
    models = {}
    for node in manifest["nodes"].values():
        sources = [n for n in node["depends_on"].get("nodes", []) if n.startswith("source.")]
        if node["resource_type"] == "model" and not node["name"].endswith("__untyped_values"):
            for source in sources:
                models[tuple(source.split(".")[-2:])] = node
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
        deliveries = {
            file: (rows, fate)
            for file, rows, fate in connection.execute(
                "select source_file, rows, fate from raw.deliveries"
            ).fetchall()
        }
        yield Warehouse(connection, deliveries, models)


def staged_name(model: Mapping[str, Any], column: Column) -> str:
    """The staging column whose description cites the return's own name for it."""
    cited = re.compile(rf"\((?:[^()]*[ ,])?{re.escape(column.header)}(?:[;,][^()]*)?\)")
    names = [name for name, spec in model["columns"].items() if cited.search(spec["description"])]
    assert names, f"{model['name']} does not cite {column.header}"
    return str(names[0])


def means(column: Column, text: str, staged: object) -> bool:
    """Whether a staged value is what a good cell says; dates by their day, words by any case."""
    if column.name == "terminated_on" or (isinstance(staged, dt.date) and column.name in PARTS):
        return staged == dt.date(2016, 11, 1)
    if isinstance(staged, dt.datetime):
        staged = staged.date()
    if column.logical_type == "date":
        return staged == dt.datetime.strptime(text, column.date_formats[0]).date()
    if column.logical_type == "boolean":
        return staged in (True, "1")
    if column.logical_type in ("integer", "number"):
        return float(str(staged)) == float(text)
    return str(staged).casefold().replace("/", "-") == text.casefold().replace("/", "-")


def name_of(sent: Sent) -> str:
    return f"{sent.contract.return_name}-{sent.contract.version}-{sent.table.name}"


@pytest.mark.parametrize("sent", everything_sent(), ids=name_of)
def test_a_value_travels_from_file_to_raw_to_staging(warehouse: Warehouse, sent: Sent) -> None:
    assert warehouse.deliveries[sent.source_file] == (2, "accepted")
    raw = warehouse.row(f'raw."{sent.table.raw_name}"', sent.source_file, GOOD_LINE)
    model = warehouse.models[sent.contract.return_name, sent.table.name]
    staged = warehouse.row(f"staging.{model['name']}", sent.source_file, GOOD_LINE)
    for column in sent.table.columns:
        text = sent.good[column.name]
        assert raw[column.name] == text
        name = staged_name(model, column)
        assert means(column, text, staged[name]), f"{column.name} -> {name}: {staged[name]}"


@pytest.mark.parametrize("sent", everything_sent(), ids=name_of)
def test_no_value_is_lost_because_it_cannot_be_typed(warehouse: Warehouse, sent: Sent) -> None:
    model = warehouse.models[sent.contract.return_name, sent.table.name]
    staged = warehouse.row(f"staging.{model['name']}", sent.source_file, WRONG_LINE)
    lost = {
        column.name: sent.wrong[column.name]
        for column in sent.table.columns
        if staged[staged_name(model, column)] is None
    }
    found = warehouse.connection.execute(
        f"select column_name, original_text from staging.stg_{sent.contract.return_name}"
        "__untyped_values where _source_file = ? and _source_line = ? and table_name = ?",
        [sent.source_file, WRONG_LINE, sent.table.name],
    )
    listed = dict(found.fetchall())
    assert listed.items() >= lost.items()
    assert all(sent.wrong[column] == text for column, text in listed.items())
    for column in sent.table.columns:
        if column.logical_type in WRONG and column.name not in lost:
            # Flags and marks of SSDA903 stay the codes they were sent as.
            kept = staged[staged_name(model, column)]
            assert kept == sent.wrong[column.name].upper(), column.name


def test_cells_of_the_older_underlying_files_keep_their_text(warehouse: Warehouse) -> None:
    figures = warehouse.connection.execute(
        "select series, area_code, area_name, column_code, figure_text, figure, _source_line "
        "from staging.stg_underlying_statistics__figures where _source_file = ? "
        "order by column_position",
        [UNDERLYING],
    ).fetchall()
    assert figures == [
        ("invented", "001", "Somewhere", "CLA_1", "12", 12.0, 2),
        ("invented", "001", "Somewhere", "CLA_2", "x", None, 2),
    ]


def test_repeated_elements_of_the_census_keep_their_parents(warehouse: Warehouse) -> None:
    """Also where the whole return is one line."""

    def staged(select: str) -> list[tuple[Any, ...]]:
        return warehouse.connection.execute(
            f"{select} where _source_file = ? order by all", [CENSUS]
        ).fetchall()

    referral, plan = dt.date(2016, 5, 3), dt.date(2016, 6, 1)
    assert staged(
        "select child_id, referral_date, plan_start_date, review_date "
        "from staging.stg_cin_census__protection_plan_reviews"
    ) == [
        ("007", referral, plan, dt.date(2016, 8, 30)),
        ("007", referral, plan, dt.date(2017, 2, 1)),
    ]
    assert staged(
        "select child_id, referral_date, assessment_sequence, assessment_factor_code "
        "from staging.stg_cin_census__assessment_factors"
    ) == [("007", referral, 1, "16A"), ("007", referral, 1, "1A")]
    assert staged("select no_further_action_flag from staging.stg_cin_census__referrals") == [
        (False,)
    ]
    assert staged(
        "select table_name, column_name, original_text, _source_line "
        "from staging.stg_cin_census__untyped_values"
    ) == [("child", "person_birth_date", "2010-02-29", 1)]


def test_every_landed_table_is_staged(warehouse: Warehouse) -> None:
    tables = {
        (contract.return_name, table.name)
        for contract in load_contracts()
        if contract.return_name not in STAGED_ELSEWHERE
        for table in contract.tables
    }
    assert tables <= set(warehouse.models)
