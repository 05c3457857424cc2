"""Excel workbooks: each sheet is a section, each cell the text Excel would show.

Not here: which sheet matters or where its header is (``recognition``). The line of a row is
its row number in the sheet.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import python_calamine

from orchestration.landing.outcome import Refused, Rejection
from orchestration.landing.readers.section import (
    LINE_COLUMN,
    Header,
    Limits,
    Section,
    column_names,
)

_HEADER_WITHIN = 20
"""A header further down than this is not looked for."""


def open_xlsx(path: Path, name: str, limits: Limits) -> list[Section]:
    """Open a workbook.

    Returns:
        A section for each sheet that has anything in it.

    Raises:
        Refused: Damaged, protected by a password, or larger than the limits.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            expanded = sum(entry.file_size for entry in archive.infolist())
        if expanded > limits.expanded_bytes:
            raise Refused(
                f"{name} expands to {expanded:,} bytes, more than the {limits.expanded_bytes:,} "
                "allowed; send it as CSV."
            )
        workbook = python_calamine.CalamineWorkbook.from_path(path)
        sheets = [
            (sheet, workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False))
            for sheet in workbook.sheet_names
        ]
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError) as error:
        raise Refused(
            f"{name} cannot be read as a workbook, it is damaged or protected by a password; "
            "save it again as .xlsx without a password."
        ) from error
    sections = [_section(sheet, rows) for sheet, rows in sheets if any(map(any, _blank_out(rows)))]
    if not sections:
        raise Refused(f"{name} is empty: a sheet with a header line was expected.")
    return sections


def _blank_out(rows: list[list[Any]]) -> Iterator[list[bool]]:
    return ([cell != "" for cell in row] for row in rows)


def _section(sheet: str, rows: list[list[Any]]) -> Section:
    headers = [
        Header(line, tuple(_as_text(cell) or "" for cell in row))
        for line, row in enumerate(rows[:_HEADER_WITHIN], start=1)
        if any(cell != "" for cell in row)
    ]

    def read(chosen: Header, rejections: list[Rejection]) -> Iterator[pa.Table]:
        lines: list[int] = []
        kept: list[list[Any]] = []
        for line, row in enumerate(rows[chosen.line :], start=chosen.line + 1):
            if any(cell != "" for cell in row):
                lines.append(line)
                kept.append(row)
        columns = [
            pa.array([_as_text(row[place]) for row in kept], pa.string())
            for place in range(len(chosen.cells))
        ]
        names = [*column_names(len(columns)), LINE_COLUMN]
        yield pa.table([*columns, pa.array(lines, pa.int64())], names=names)

    return Section(f"sheet {sheet}", headers, read)


def _as_text(cell: Any) -> str | None:
    """Write a cell as text; an empty cell is None."""
    if cell == "":
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.strftime("%d/%m/%Y" if midnight else "%d/%m/%Y %H:%M:%S")
    if isinstance(cell, dt.date):
        return cell.strftime("%d/%m/%Y")
    return str(cell)
