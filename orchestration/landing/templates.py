"""Empty workbooks for data owners: a return's tables with their columns explained.

What is written here lands through the engine like any other workbook. Not here: what the
columns are (``contracts``) or which codes there are (``code_lists``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from orchestration.landing.code_lists import CODE_LISTS, CodeList
from orchestration.landing.contracts import (
    Column,
    Contract,
    ContractError,
    Table,
    contract_for,
    period_start_year,
)

_GUIDE_SHEET = "How to fill this in"
_CODES_SHEET = "Codes"
_LAST_ROW = 20_000
"""Drop-down lists and text format reach down to here; more rows are taken all the same."""
_REQUIRED = PatternFill("solid", fgColor="1F4E79")
_OPTIONAL = PatternFill("solid", fgColor="7F7F7F")
_WHITE_BOLD = Font(bold=True, color="FFFFFF")
_MONTHS_BEFORE = {"financial": 4, "academic": 9, "calendar": 1}
"""Month a collection year of each kind begins in."""


@dataclass(frozen=True)
class _Code:
    code: str
    label: str


def write_template(return_name: str, period: str | None, path: Path) -> Path:
    """Write the empty workbook an owner fills in for a return.

    Args:
        return_name: As ``ssda903``.
        period: Collection year as ``2016-17``, which decides columns and codes; None for a
            national return, or for the newest year Pier knows.
        path: Where to write it, with ``.xlsx``; a file there is replaced.

    Returns:
        ``path``.

    Raises:
        ContractError: An unknown return or year, or a return nobody fills in.
    """
    contract = contract_for(return_name, period)
    tables = [t for t in contract.tables if t.filled_with is None and "table" in t.layouts]
    if not tables:
        raise ContractError(
            f"{return_name} is downloaded as published; there is no template to fill in."
        )
    workbook = Workbook()
    guide = workbook.worksheets[0]
    guide.title = _GUIDE_SHEET
    _write_guide(guide, contract, period, tables)
    lists = _CodeLists(contract, period)
    for table in tables:
        _write_table(workbook.create_sheet(table.name[:31]), table, lists)
    if lists.ranges:
        lists.write(workbook.create_sheet(_CODES_SHEET))
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(path)
    return path


def _write_guide(
    sheet: Worksheet, contract: Contract, period: str | None, tables: Sequence[Table]
) -> None:
    folder = f"landing/{contract.return_name}"
    if not contract.national:
        folder += f"/882/{period or contract.version}"
    lines = [
        f"Return {contract.return_name}" + (f", {period}" if period else ""),
        contract.purpose,
        f"Sent by: {contract.owner}.",
        f"Save this workbook as .xlsx and put it into the folder {folder}"
        + ("." if contract.national else ", with your authority's DfE number in place of 882."),
        "Each coloured sheet is a table; fill in one row below the header for each record.",
        "A sheet with a header and no rows says that there is nothing to report. Delete the "
        "sheets of tables you do not send.",
        "Leave the header as it is. Point at a column's name to read what belongs there. Dark "
        "blue columns must be filled in, grey ones may be empty.",
        "Write dates as dd/mm/yyyy, as 31/03/2017. All cells are text, so that leading zeros stay.",
        f"Where codes are expected, choose from the list; the sheet {_CODES_SHEET} says what each "
        "one means.",
        "This sheet and the list of codes are passed over when the file lands.",
    ]
    if contract.parts is not None:
        lines.append(
            f"Files of this return stand beside each other: one for each {contract.parts}, told "
            "apart by the column of that name, or else by the file's name."
        )
    lines += [f"{table.name}: {table.description}" for table in tables]
    for row, line in enumerate(lines, start=1):
        cell = sheet.cell(row, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width = 100


def _write_table(sheet: Worksheet, table: Table, lists: _CodeLists) -> None:
    sheet.sheet_properties.tabColor = "1F4E79"
    sheet.freeze_panes = "A2"
    for number, column in enumerate(table.columns, start=1):
        letter = get_column_letter(number)
        cell = sheet.cell(1, number, column.header)
        cell.font = _WHITE_BOLD
        cell.fill = _REQUIRED if column.required else _OPTIONAL
        cell.comment = Comment(_note(column), "Pier", width=320, height=160)
        dimension = sheet.column_dimensions[letter]
        dimension.width = max(12, len(column.header) + 4)
        dimension.number_format = "@"
        for row in range(2, 102):
            sheet.cell(row, number).number_format = "@"
        validation = _validation(column, lists)
        if validation is not None:
            validation.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.add_data_validation(validation)


def _note(column: Column) -> str:
    kinds = {
        "date": "a date, as dd/mm/yyyy",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "yes or no",
        "string": "text",
    }
    lines = [
        column.description,
        f"Type: {kinds[column.logical_type]}.",
        "Must be filled in." if column.required else "May be empty.",
    ]
    if column.optional:
        lines.append("The column may be left out.")
    if column.primary_key:
        lines.append("Part of the key: no two rows have the same.")
    return "\n".join(lines)


def _validation(column: Column, lists: _CodeLists) -> DataValidation | None:
    """Offer codes, and ask for ten characters of a date; both warn and neither forbids."""
    source = lists.range_for(column)
    if source is not None:
        return DataValidation(
            type="list",
            formula1=source,
            allow_blank=True,
            errorStyle="warning",
            errorTitle="Not in the list",
            error="This is not one of the codes of the year.",
            showErrorMessage=True,
        )
    if column.logical_type == "date":
        return DataValidation(
            type="textLength",
            operator="equal",
            formula1="10",
            allow_blank=True,
            errorStyle="warning",
            errorTitle="Not a date",
            error="Write the date as dd/mm/yyyy.",
            showErrorMessage=True,
            promptTitle=column.header[:32],
            prompt="Date as dd/mm/yyyy",
            showInputMessage=True,
        )
    return None


class _CodeLists:
    """The lists of codes a workbook offers, side by side on one sheet."""

    def __init__(self, contract: Contract, period: str | None) -> None:
        self._days = _days(contract, period)
        self._codes: dict[str, list[_Code]] = {}
        self.ranges: dict[str, str] = {}

    def range_for(self, column: Column) -> str | None:
        """Give the cells that hold a column's codes, or None if any text goes."""
        name = column.code_set or (column.header if column.values else None)
        if name is None:
            return None
        if column.values:
            name = f"{name}: {', '.join(column.values)}"[:60]
            codes = [_Code(value, "") for value in column.values]
        elif column.code_set and column.code_set in CODE_LISTS:
            codes = _usable(CODE_LISTS[column.code_set], self._days)
        else:
            return None
        if not codes:
            return None
        if name not in self._codes:
            self._codes[name] = codes
            letter = get_column_letter(2 * len(self._codes) - 1)
            self.ranges[name] = (
                f"{quote_sheetname(_CODES_SHEET)}!${letter}$2:${letter}${len(codes) + 1}"
            )
        return self.ranges[name]

    def write(self, sheet: Worksheet) -> None:
        """Write codes and what they mean."""
        sheet.freeze_panes = "A2"
        for number, (name, codes) in enumerate(self._codes.items()):
            place = 2 * number + 1
            sheet.cell(1, place, f"Codes of {name.partition(':')[0]}").font = Font(bold=True)
            sheet.cell(1, place + 1, "Meaning").font = Font(bold=True)
            sheet.column_dimensions[get_column_letter(place)].width = 16
            sheet.column_dimensions[get_column_letter(place + 1)].width = 40
            for row, code in enumerate(codes, start=2):
                sheet.cell(row, place, code.code).number_format = "@"
                sheet.cell(row, place + 1, code.label)


def _days(contract: Contract, period: str | None) -> tuple[dt.date, dt.date] | None:
    """First and last day of the collection year; None where the year is not known."""
    if contract.national or period is None:
        return None
    year, month = period_start_year(period), _MONTHS_BEFORE[contract.year]
    return dt.date(year, month, 1), dt.date(year + 1, month, 1) - dt.timedelta(days=1)


def _usable(codes: CodeList, days: tuple[dt.date, dt.date] | None) -> list[_Code]:
    """Read the codes that may be used on any day of a year."""
    return [
        _Code(row["code"], row["label"])
        for row in codes.rows()
        if days is None
        or (
            dt.date.fromisoformat(row["valid_from"] or "0001-01-01") <= days[1]
            and dt.date.fromisoformat(row["valid_to"] or "9999-12-31") >= days[0]
        )
    ]
