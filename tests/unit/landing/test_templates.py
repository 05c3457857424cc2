"""The workbook an owner fills in: what it says, and that it lands once filled."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from fixtures.contract_rows import invented_rows

from orchestration.landing import (
    ContractError,
    LandingOptions,
    contract_for,
    land,
    load_contracts,
)
from orchestration.landing.code_lists import CODE_LISTS
from orchestration.landing.contracts import Contract
from orchestration.landing.templates import write_template

from .conftest import Zone

RETURNS = sorted({contract.return_name for contract in load_contracts()})
PUBLISHED = ("published_statistics", "underlying_statistics")


def period_of(contract: Contract) -> str | None:
    return None if contract.national else contract.version


def fill(path: Path, contract: Contract) -> None:
    """Write two invented rows into every sheet that is a table."""
    workbook = openpyxl.load_workbook(path)
    for table in contract.tables:
        if table.name[:31] in workbook.sheetnames:
            for row in invented_rows(contract, table):
                workbook[table.name[:31]].append([])
                for place, column in enumerate(table.columns, start=1):
                    workbook[table.name[:31]].cell(row.number + 1, place, row.cells[column.name])
    workbook.save(path)


@pytest.mark.parametrize("return_name", [name for name in RETURNS if name not in PUBLISHED])
def test_a_filled_template_lands(zone: Zone, return_name: str) -> None:
    contract = contract_for(return_name)
    period = period_of(contract)
    folder = return_name if period is None else f"{return_name}/882/{period}"
    path = write_template(return_name, period, zone.settings.landing_dir / folder / "filled.xlsx")
    fill(path, contract)
    summary = land(
        zone.settings,
        zone.connection,
        zone.now,
        contracts=load_contracts(),
        options=LandingOptions(settle_seconds=0),
    )
    assert {d.fate for d in summary.deliveries} == {"accepted"}, summary.deliveries
    tables = [t for t in contract.tables if t.filled_with is None and "table" in t.layouts]
    assert {d.table_name for d in summary.deliveries} == {t.delivered_as for t in tables}
    assert "How to fill this in" in summary.deliveries[0].notes[-1]
    for table in tables:
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        landed = zone.query(
            f"select {columns}, _source_line from raw.{table.raw_name} order by _source_line"
        )
        expected = [
            (*(row.cells[column.name] for column in table.columns), row.number + 1)
            for row in invented_rows(contract, table)
        ]
        assert landed == expected, table.name


def test_a_template_explains_its_columns(tmp_path: Path) -> None:
    path = write_template("ssda903", "2016-17", tmp_path / "new" / "ssda903.xlsx")
    workbook = openpyxl.load_workbook(path)
    assert workbook.sheetnames[0] == "How to fill this in"
    guide = "\n".join(str(row[0].value) for row in workbook["How to fill this in"].rows)
    assert "put it into the folder landing/ssda903/882/2016-17, with your" in guide
    assert "Write dates as dd/mm/yyyy" in guide
    sheet = workbook["episodes"]
    assert sheet.freeze_panes == "A2"
    headers = {str(cell.value): cell for cell in sheet[1]}
    comment = headers["DECOM"].comment
    assert comment is not None
    assert "Type: a date, as dd/mm/yyyy." in comment.text
    assert "Must be filled in." in comment.text
    assert "Part of the key" in comment.text
    assert headers["DECOM"].fill.fgColor != headers["DEC"].fill.fgColor
    assert sheet.cell(2, headers["DECOM"].column).number_format == "@"


def offered(path: Path, sheet_name: str, header: str) -> list[str]:
    """Follow a column's drop-down list to the codes it offers."""
    workbook = openpyxl.load_workbook(path)
    sheet = workbook[sheet_name]
    cell = next(cell for cell in sheet[1] if cell.value == header)
    (validation,) = (
        v
        for v in sheet.data_validations.dataValidation
        if v.type == "list" and f"{cell.column_letter}2" in v.sqref
    )
    _, _, cells = str(validation.formula1).partition("!")
    return [str(row[0].value) for row in workbook["Codes"][cells.replace("$", "")]]


@pytest.mark.parametrize(
    ("period", "codes"), [("2016-17", ["1", "2"]), ("2024-25", ["F", "M", "U"])]
)
def test_the_codes_offered_are_those_of_the_year(
    tmp_path: Path, period: str, codes: list[str]
) -> None:
    path = write_template("ssda903", period, tmp_path / "t.xlsx")
    assert sorted(offered(path, "header", "SEX")) == codes


def test_each_code_set_has_a_list_but_those_without_codes() -> None:
    used = {
        column.code_set
        for contract in load_contracts()
        for table in contract.tables
        for column in table.columns
    }
    assert used - set(CODE_LISTS) == {None, "LA_PERM", "PL_LA", "PL_LOCATION", "NB_ADOPTR"}
    assert all(codes.rows() for codes in CODE_LISTS.values())


def test_what_nobody_fills_in_has_no_template(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="underlying_statistics is downloaded as published"):
        write_template("underlying_statistics", "2015-16", tmp_path / "t.xlsx")
    with pytest.raises(ContractError, match="is not a return Pier knows"):
        write_template("knitting", None, tmp_path / "t.xlsx")
