"""Reports for data owners: what to mend, in which file, on which line.

What belongs here: turning the latest findings into a page, a workbook and a text table for
each owner. What does not: judging (``runner``) and anything published. A report holds what a
return says of children, so it goes to ``reports/<owner>/`` and nowhere else.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import jinja2
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from expectations.catalogue import SEVERITIES, Rule, load_rules
from orchestration.settings import Settings

TEMPLATES_DIR = Path(__file__).parent / "templates"

ROWS_ON_PAGE = 200
"""Rows of one rule the page lists; the workbook and the text table list them all."""

_ROWS_IN_WORKBOOK = 1_000_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_HEADINGS = (
    "Severity",
    "Rule",
    "DfE code",
    "What to do",
    "File",
    "Line",
    "Authority",
    "Year",
    "Record",
    "As sent",
)


@dataclass(frozen=True)
class Finding:
    """One failing row, as its owner sees it."""

    severity: str
    rule_id: str
    dfe_code: str | None
    message: str
    source_file: str | None
    source_line: int | None
    la_code: str | None
    period_label: str | None
    key_columns: str | None
    offending_text: str | None

    @property
    def cells(self) -> tuple[str | int, ...]:
        """The row as an export shows it, under ``_HEADINGS``; no cell is a formula."""
        return tuple(
            value if isinstance(value, int) else neutralise(value or "")
            for value in (
                self.severity,
                self.rule_id,
                self.dfe_code,
                self.message,
                self.source_file,
                self.source_line,
                self.la_code,
                self.period_label,
                self.key_columns,
                self.offending_text,
            )
        )


@dataclass(frozen=True)
class Judged:
    """One rule in one authority and year."""

    severity: str
    rule_id: str
    dfe_code: str | None
    message: str
    return_name: str
    table_name: str
    la_code: str | None
    period_label: str | None
    rows_checked: int | None
    rows_failing: int | None
    outcome: str
    reason: str | None


@dataclass(frozen=True)
class FailedRule:
    """One rule that failed, with the rows the page lists.

    Attributes:
        rule_id: The rule.
        dfe_code: The Department's code, if there is one.
        severity: critical, error or warning.
        message: What the owner is to do.
        effect: What happens to the figures if nobody does.
        guidance: What the rule rests on.
        places: Where it failed: authorities and years.
        findings: The first ``ROWS_ON_PAGE`` failing rows.
        rows_failing: How many there are in all.
    """

    rule_id: str
    dfe_code: str | None
    severity: str
    message: str
    effect: str
    guidance: str
    places: tuple[Judged, ...]
    findings: tuple[Finding, ...]
    rows_failing: int


def write_reports(settings: Settings, run_id: str) -> tuple[Path, ...]:
    """Write the reports of a run, for every owner whose rules it judged.

    Args:
        settings: Where the warehouse and the reports are.
        run_id: The latest run; findings of earlier ones are gone.

    Returns:
        The files written: ``validation.html``, ``validation.xlsx`` and ``validation.csv`` for
        each owner.
    """
    rules = {rule.rule_id: rule for rule in load_rules()}
    written: list[Path] = []
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
        owners = connection.execute(
            "select owner, max(checked_at) from validation.outcomes where run_id = ?"
            " group by owner order by owner",
            [run_id],
        ).fetchall()
        for owner, checked_at in owners:
            folder = settings.reports_dir / owner
            folder.mkdir(parents=True, exist_ok=True)
            findings = _findings(connection, run_id, owner)
            judged = _judged(connection, run_id, owner)
            page = _page(owner, checked_at, judged, _failed_rules(judged, findings, rules))
            written += [
                _replace(folder / "validation.html", page.encode()),
                _write_csv(folder / "validation.csv", findings),
                _write_workbook(folder / "validation.xlsx", findings),
            ]
    return tuple(written)


def neutralise(text: str) -> str:
    """Make sure that a spreadsheet shows a text and does not run it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


_BY_SEVERITY = "case outcomes.severity when 'critical' then 1 when 'error' then 2 else 3 end"


def _findings(
    connection: duckdb.DuckDBPyConnection, run_id: str, owner: str
) -> tuple[Finding, ...]:
    rows = connection.execute(
        f"""
        with owned as (
            select distinct rule_id, dfe_code, severity
            from validation.outcomes where run_id = ? and owner = ?
        )
        select
            outcomes.severity, outcomes.rule_id, outcomes.dfe_code, findings.message,
            findings.source_file, findings.source_line, findings.la_code, findings.period_label,
            findings.key_columns, findings.offending_text
        from validation.findings
        inner join owned as outcomes on findings.rule_id = outcomes.rule_id
        where findings.run_id = ?
        order by {_BY_SEVERITY}, outcomes.rule_id, findings.source_file, findings.source_line,
            findings.key_columns
        """,
        [run_id, owner, run_id],
    ).fetchall()
    return tuple(Finding(*row) for row in rows)


def _judged(connection: duckdb.DuckDBPyConnection, run_id: str, owner: str) -> tuple[Judged, ...]:
    rows = connection.execute(
        f"""
        select
            severity, rule_id, dfe_code, message, return_name, table_name, la_code, period_label,
            rows_checked, rows_failing, outcome, reason
        from validation.outcomes where run_id = ? and owner = ?
        order by {_BY_SEVERITY}, rows_failing desc nulls last, rule_id, la_code, period_label
        """,
        [run_id, owner],
    ).fetchall()
    return tuple(Judged(*row) for row in rows)


def _failed_rules(
    judged: Sequence[Judged], findings: Iterable[Finding], rules: dict[str, Rule]
) -> list[FailedRule]:
    """The rules that failed, the gravest and most frequent first."""
    places: dict[str, list[Judged]] = {}
    for place in judged:
        if place.outcome == "failed":
            places.setdefault(place.rule_id, []).append(place)
    rows: dict[str, list[Finding]] = {}
    for finding in findings:
        rows.setdefault(finding.rule_id, []).append(finding)
    failed = [
        FailedRule(
            rule_id=rule_id,
            dfe_code=where[0].dfe_code,
            severity=where[0].severity,
            message=where[0].message,
            effect=rules[rule_id].protects if rule_id in rules else "",
            guidance=rules[rule_id].guidance if rule_id in rules else "",
            places=tuple(where),
            findings=tuple(rows.get(rule_id, [])[:ROWS_ON_PAGE]),
            rows_failing=sum(place.rows_failing or 0 for place in where),
        )
        for rule_id, where in places.items()
    ]
    return sorted(
        failed, key=lambda rule: (SEVERITIES.index(rule.severity), -rule.rows_failing, rule.rule_id)
    )


def _page(
    owner: str, checked_at: dt.datetime, judged: Sequence[Judged], failed: Sequence[FailedRule]
) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES_DIR),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["count"] = lambda number: f"{number:,}"
    return environment.get_template("validation.html.j2").render(
        owner=owner.replace("_", " ").capitalize(),
        checked_at=checked_at,
        failed=failed,
        rows_failing=sum(rule.rows_failing for rule in failed),
        by_severity=[
            (severity, [rule for rule in failed if rule.severity == severity])
            for severity in SEVERITIES
        ],
        skipped=[place for place in judged if place.outcome == "skipped"],
        crashed=[place for place in judged if place.outcome == "crashed"],
        passed=len({place.rule_id for place in judged if place.outcome == "passed"}),
        files=sorted(
            {row.source_file for rule in failed for row in rule.findings if row.source_file}
        ),
        rows_on_page=ROWS_ON_PAGE,
    )


def _replace(path: Path, content: bytes) -> Path:
    """Write a file so that whoever opens it sees the old one or the new one, whole."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    return unfinished.replace(path)


def _write_csv(path: Path, findings: Iterable[Finding]) -> Path:
    """Every finding; with a byte order mark, because Excel reads UTF-8 by it."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADINGS)
        writer.writerows(finding.cells for finding in findings)
    return unfinished.replace(path)


def _write_workbook(path: Path, findings: Sequence[Finding]) -> Path:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("To mend")
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGHIJ", (10, 22, 10, 60, 40, 8, 10, 10, 40, 50), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(list(_heading_cells(sheet)))
    shown = findings[:_ROWS_IN_WORKBOOK]
    for finding in shown:
        sheet.append(finding.cells)
    if len(shown) < len(findings):
        sheet.append([f"{len(findings) - len(shown)} more rows are in validation.csv."])
    sheet.auto_filter.ref = f"A1:J{len(shown) + 1}"
    unfinished = path.with_name(f".{path.name}.unfinished")
    workbook.save(unfinished)
    return unfinished.replace(path)


def _heading_cells(sheet: Any) -> Iterator[WriteOnlyCell]:
    for heading in _HEADINGS:
        cell = WriteOnlyCell(sheet, value=heading)
        cell.font = Font(bold=True)
        yield cell
