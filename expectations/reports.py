"""Reports for data owners: what to mend, in which file, on which line, and what it changes.

What belongs here: telling the findings of one owner as a page, a workbook and a text table. What
does not: judging (``runner``), the life of a finding (``history``) and anything published. A
report holds what a return says of children, so it goes to ``reports/<owner>/`` and nowhere else.
"""

from __future__ import annotations

import codecs
import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import duckdb
import jinja2
from jinja2.utils import htmlsafe_json_dumps
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from pyarrow import csv as pa_csv

from expectations.catalogue import SEVERITIES, Rule, load_rules
from orchestration.settings import Settings

TEMPLATES_DIR = Path(__file__).parent / "templates"

ROWS_ON_PAGE = 200
"""Rows of one rule the page lists, the newest faults first."""

ROWS_IN_WORKBOOK = 5_000
"""Rows of one rule the workbook lists; the text table lists them all."""

DAYS_OF_HISTORY = 92
"""How long a mended finding is still told of."""

_FIRST = 3
_NAMED = 6
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

WHY_NOT: Mapping[str, str] = {
    "critical": "The fault is critical: it cannot be acknowledged and has to be mended.",
    "incomplete": "It lacks a reason, a name or a date that can be read.",
    "not_found": "Nothing that is open fits it: the row was mended, or the text has changed.",
    "unknown_rule": "There is no rule of this name; copy it from the report.",
}
"""Why an acknowledgement does not count."""

_ENDED = {"not_sent": "no longer in force", "rule_retired": "no longer asked"}
"""How a finding ended that nobody mended."""


@dataclass(frozen=True)
class Finding:
    """One failing row, as its owner sees it.

    Attributes:
        rule_id: The rule.
        state: new, open or acknowledged.
        days_open: From the night it was first seen to the last; 0 on its first night.
        first_seen: That night.
        source_file: The file, from the landing folder down.
        source_line: The line of the file.
        period_label: The collection year.
        key_columns: The key of the record, as ``CHILD=…``.
        offending_text: What was sent.
        acknowledged_reason: Why it is true, where its owner says so.
    """

    rule_id: str
    state: str
    days_open: int
    first_seen: dt.date
    source_file: str | None
    source_line: int | None
    period_label: str | None
    key_columns: str | None
    offending_text: str | None
    acknowledged_reason: str | None


@dataclass(frozen=True)
class Judged:
    """One rule in one authority and year."""

    severity: str
    rule_id: str
    table_name: str
    la_code: str | None
    period_label: str | None
    outcome: str
    reason: str | None


@dataclass(frozen=True)
class OpenRule:
    """A rule with findings that are open or acknowledged.

    Attributes:
        rule_id: The rule.
        dfe_code: The Department's code, if there is one.
        severity: critical, error or warning.
        message: What the owner is to do.
        harm: What comes of it if nobody does.
        effect: The figures it may change, in words.
        guidance: What the rule rests on.
        open: Rows to mend.
        new: Those of them that were not there the time before.
        acknowledged: Rows that are true but odd.
        oldest: Days the oldest has been open.
        file: The first file and line to look at.
        line: As above.
        files: How many files have such rows.
    """

    rule_id: str
    dfe_code: str | None
    severity: str
    message: str
    harm: str
    effect: str
    guidance: str
    open: int
    new: int
    acknowledged: int
    oldest: int
    file: str | None
    line: int | None
    files: int


@dataclass(frozen=True)
class Report:
    """All an owner is told.

    Attributes:
        owner: As ``social_care``.
        checked_at: When the audit ran (UTC).
        before: When the one before ran; None when there was none.
        rules: What there is to mend, the worst first.
        findings: The first ``ROWS_ON_PAGE`` rows of each rule.
        mended: Rule, message, year and rows mended since the time before.
        ignored: Acknowledgements that do not count, with the reason.
        held: Deliveries held back, with their failing rows.
        judged: Every rule, where it was and was not judged.
    """

    owner: str
    checked_at: dt.datetime
    before: dt.datetime | None
    rules: tuple[OpenRule, ...]
    findings: tuple[Finding, ...]
    mended: tuple[dict[str, Any], ...]
    ignored: tuple[dict[str, Any], ...]
    held: tuple[dict[str, Any], ...]
    judged: tuple[Judged, ...]

    @property
    def open(self) -> int:
        """Rows to mend."""
        return sum(rule.open for rule in self.rules)

    @property
    def new(self) -> int:
        """Rows that were not there the time before."""
        return sum(rule.new for rule in self.rules)

    @property
    def acknowledged(self) -> int:
        """Rows that are true but odd."""
        return sum(rule.acknowledged for rule in self.rules)

    @property
    def oldest(self) -> int:
        """Days the oldest row has been open."""
        return max((rule.oldest for rule in self.rules if rule.open), default=0)

    def of_outcome(self, outcome: str) -> list[Judged]:
        """Rules and places that were skipped, or crashed."""
        return [place for place in self.judged if place.outcome == outcome]

    @property
    def passed(self) -> int:
        """Rules that passed wherever they were judged."""
        outcomes: dict[str, set[str]] = {}
        for place in self.judged:
            outcomes.setdefault(place.rule_id, set()).add(place.outcome)
        return sum("passed" in those and "failed" not in those for those in outcomes.values())


def write_reports(settings: Settings, run_id: str) -> tuple[Path, ...]:
    """Write the reports of a run, for every owner whose rules it judged.

    Args:
        settings: Where the warehouse and the reports are.
        run_id: The latest run.

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
            asked = {"run_id": run_id, "owner": owner, "checked_at": checked_at}
            report = _read(connection, asked, rules)
            written += [
                _write_page(folder / "validation.html", report),
                _write_csv(folder / "validation.csv", connection, asked),
                _write_workbook(folder / "validation.xlsx", connection, asked, report),
            ]
    return tuple(written)


def neutralise(text: str) -> str:
    """Make sure that a spreadsheet shows a text and does not run it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def effect_on_figures(rule: Rule | None, indicators: str | None) -> str:
    """What a fault may change, in a sentence; the well-known national indicators come first."""
    if rule is not None and rule.table.relation.partition(".")[0] in ("marts", "published"):
        return "Nothing is published until it is mended." if rule.stops_publication else ""
    names = sorted((indicators or "").split(", "), key=_as_people_count)
    if names == [""]:
        return ""
    if len(names) == 1:
        return f"May change {names[0]}."
    if len(names) <= _NAMED:
        return f"May change {', '.join(names[:-1])} and {names[-1]}."
    return f"May change {len(names)} indicators, {', '.join(names[:_NAMED])} among them."


def _as_people_count(name: str) -> tuple[bool, list[tuple[int, str]]]:
    """National indicators first, and NI 62 before NI 147."""
    parts = re.findall(r"\d+|\D+", name)
    return not name.startswith("NI "), [
        (int(part), "") if part.isdigit() else (-1, part) for part in parts
    ]


_WORST_FIRST = "case severity when 'critical' then 1 when 'error' then 2 else 3 end"

_LISTED = f"""
    select
        severity,
        case
            when mended_at is not null then ended_as
            when acknowledged_on is not null then 'acknowledged'
            when first_run_id = $run_id then 'new'
            else 'open'
        end as state,
        rule_id, message, first_seen::date as first_seen,
        date_diff('day', first_seen, coalesce(mended_at, $checked_at)) as days_open,
        source_file, source_line, la_code, period_label, return_name, table_name,
        key_columns, offending_text, mended_at::date as mended_at,
        acknowledged_on, acknowledged_by, acknowledged_reason
    from validation.findings
    where owner = $owner and (
        mended_at is null or mended_at >= $checked_at - interval '{DAYS_OF_HISTORY} days'
    )
"""

_TOUCHED = """
    select rule_id as touching_rule, any_value(indicators) as indicators
    from validation.findings where owner = $owner group by all
"""
"""A long text, and the same on all rows of a rule: it is not carried along with them."""

_IN_ORDER = f"""
    mended_at is not null, {_WORST_FIRST}, rule_id, state = 'acknowledged', state <> 'new',
    period_label desc, source_file, source_line, key_columns
"""


def _read(
    connection: duckdb.DuckDBPyConnection, asked: Mapping[str, Any], rules: Mapping[str, Rule]
) -> Report:
    run_id, owner, checked_at = asked["run_id"], asked["owner"], asked["checked_at"]
    [[before]] = connection.execute(
        "select max(checked_at) from validation.outcomes"
        " where run_id <> ? and checked_at <= ? and rows_new is not null",
        [run_id, checked_at],
    ).fetchall()
    judged = connection.execute(
        "select severity, rule_id, table_name, la_code, period_label, outcome, reason"
        " from validation.outcomes where run_id = ? and owner = ?"
        " order by rule_id, la_code, period_label",
        [run_id, owner],
    ).fetchall()
    return Report(
        owner=owner,
        checked_at=checked_at,
        before=before,
        rules=tuple(_open_rules(connection, asked, rules)),
        findings=_on_page(connection, asked),
        mended=tuple(
            _records(
                connection,
                """
                select rule_id, any_value(message) as message, period_label, ended_as,
                    count(*) as rows
                from validation.findings where owner = $owner and mended_run_id = $run_id
                group by rule_id, period_label, ended_as order by all
                """,
                {"owner": owner, "run_id": run_id},
            )
        ),
        ignored=tuple(
            {**line, "why": WHY_NOT[line["fate"]]}
            for line in _records(
                connection,
                "select * from validation.acknowledgements"
                " where owner = $owner and fate <> 'counts'"
                " order by source_file, source_line",
                {"owner": owner},
            )
        ),
        held=tuple(_held(connection, owner)),
        judged=tuple(Judged(*row) for row in judged),
    )


def _open_rules(
    connection: duckdb.DuckDBPyConnection, asked: Mapping[str, Any], rules: Mapping[str, Rule]
) -> Iterator[OpenRule]:
    counted = connection.execute(
        f"""
        with listed as ({_LISTED} and mended_at is null),
        touched as ({_TOUCHED}),
        worst as (
            select *, {_WORST_FIRST} as gravity
            from listed inner join touched on rule_id = touching_rule
        )
        select
            rule_id, min_by(severity, gravity), any_value(message), any_value(indicators),
            count(*) filter (state <> 'acknowledged') as open_rows,
            count(*) filter (state = 'new'),
            count(*) filter (state = 'acknowledged'),
            coalesce(max(days_open) filter (state <> 'acknowledged'), 0),
            first(struct_pack(file := source_file, line := source_line) order by
                state = 'acknowledged', state <> 'new', period_label desc, source_file,
                source_line
            ),
            count(distinct source_file)
        from worst
        group by rule_id
        order by min(gravity), open_rows = 0, open_rows desc, rule_id
        """,
        dict(asked),
    ).fetchall()
    for rule_id, severity, message, indicators, opened, new, said, oldest, first, files in counted:
        rule = rules.get(rule_id)
        yield OpenRule(
            rule_id=rule_id,
            dfe_code=rule.dfe_code if rule else None,
            severity=severity,
            message=message,
            harm=rule.protects if rule else "",
            effect=effect_on_figures(rule, indicators),
            guidance=rule.guidance if rule else "",
            open=opened,
            new=new,
            acknowledged=said,
            oldest=oldest,
            file=first["file"],
            line=first["line"],
            files=files,
        )


def _on_page(
    connection: duckdb.DuckDBPyConnection, asked: Mapping[str, Any]
) -> tuple[Finding, ...]:
    """The findings the page lists, the worst first."""
    names = ", ".join(field.name for field in fields(Finding))
    rows = connection.execute(
        f"with listed as ({_LISTED} and mended_at is null) select {names} from listed"
        f" qualify row_number() over (partition by rule_id order by {_IN_ORDER}) <= {ROWS_ON_PAGE}"
        f" order by {_IN_ORDER}",
        dict(asked),
    ).fetchall()
    return tuple(Finding(*row) for row in rows)


def _held(connection: duckdb.DuckDBPyConnection, owner: str) -> Iterator[dict[str, Any]]:
    """Deliveries held back that nothing has taken the place of, with their failing rows."""
    if not connection.execute(
        "select 1 from information_schema.tables"
        " where table_schema = 'raw' and table_name = 'deliveries'"
    ).fetchone():
        return
    rows = _records(
        connection,
        f"""
        select held_rows.*, held.reason
        from validation.held_rows
        inner join raw.deliveries as held on held_rows.delivery_id = held.delivery_id
        where held_rows.owner = $owner and held.fate = 'held' and not exists (
            select 1 from raw.deliveries as later
            where later.delivery_id > held.delivery_id and later.fate = 'accepted'
                and later.return_name = held.return_name
                and later.table_name is not distinct from held.table_name
                and later.la_code is not distinct from held.la_code
                and later.period_label is not distinct from held.period_label
                and later.series is not distinct from held.series
        )
        qualify row_number() over (
            partition by held_rows.delivery_id, rule_id order by source_line
        ) <= {ROWS_ON_PAGE}
        order by delivery_id, rule_id, source_line
        """,
        {"owner": owner},
    )
    by_delivery: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_delivery.setdefault(row["delivery_id"], []).append(row)
    for delivery_id, failing in by_delivery.items():
        first = failing[0]
        yield {
            "delivery_id": delivery_id,
            "file": first["source_file"],
            "held_at": first["held_at"],
            "reason": first["reason"],
            "rows": failing,
        }


def _records(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]
) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, dict(parameters))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _write_page(path: Path, report: Report) -> Path:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES_DIR),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["count"] = lambda number: f"{number:,}"
    page = environment.get_template("validation.html.j2").render(
        report=report,
        owner=report.owner.replace("_", " ").capitalize(),
        first=[rule for rule in report.rules if rule.open][:_FIRST],
        by_severity=[
            (
                severity,
                sum(rule.open for rule in report.rules if rule.severity == severity),
                sum(bool(rule.open) for rule in report.rules if rule.severity == severity),
            )
            for severity in SEVERITIES
        ],
        files=sorted({row.source_file for row in report.findings if row.source_file}),
        years=sorted({row.period_label for row in report.findings if row.period_label}),
        rows_json=htmlsafe_json_dumps(
            {
                "rules": {rule.rule_id: _shown_rule(rule) for rule in report.rules},
                "rows": [_shown(row) for row in report.findings],
            },
            dumps=lambda thing, **_: json.dumps(thing, ensure_ascii=False),
        ),
        rows_on_page=ROWS_ON_PAGE,
        ended=_ENDED,
    )
    return _replace(path, page.encode())


def _shown_rule(rule: OpenRule) -> list[str]:
    rows = rule.open + rule.acknowledged
    return [
        rule.severity,
        rule.message,
        rule.harm,
        rule.effect,
        rule.dfe_code or "",
        rule.guidance,
        f"{ROWS_ON_PAGE} of {rows:,} rows are listed here." if rows > ROWS_ON_PAGE else "",
    ]


def _shown(row: Finding) -> list[str | int]:
    """A row as the page's script reads it; the page says which is which."""
    return [
        row.rule_id,
        row.state,
        row.days_open,
        f"{row.first_seen:%d/%m/%Y}",
        row.source_file or "",
        row.source_line or "",
        row.period_label or "",
        row.key_columns or "",
        row.offending_text or "",
        row.acknowledged_reason or "",
    ]


def _replace(path: Path, content: bytes) -> Path:
    """Write a file so that whoever opens it sees the old one or the new one, whole."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    return unfinished.replace(path)


def _cell(column: str) -> str:
    """A column as an export shows it: text that a spreadsheet would run starts with a quote."""
    starts = ", ".join(f"chr({ord(start)})" for start in _FORMULA_STARTS)
    return f"case when left({column}, 1) in ({starts}) then chr(39) || {column} else {column} end"


def _day(column: str) -> str:
    return f"strftime({column}, '%d/%m/%Y')"


_EXPORTED: Mapping[str, tuple[str, int]] = {
    "Severity": ("severity", 10),
    "State": ("state", 14),
    "Rule": ("rule_id", 22),
    "DfE code": ("dfe_code", 10),
    "What to do": (_cell("message"), 60),
    "Open since": (_day("first_seen"), 12),
    "Days open": ("days_open", 10),
    "File": (_cell("source_file"), 40),
    "Line": ("source_line", 8),
    "Authority": ("la_code", 10),
    "Year": ("period_label", 10),
    "Return": ("return_name", 16),
    "Table": ("table_name", 28),
    "Record": (_cell("key_columns"), 40),
    "As sent": (_cell("offending_text"), 50),
    "May change": ("indicators", 40),
    "Mended": (_day("mended_at"), 12),
    "Acknowledged": (_day("acknowledged_on"), 14),
    "By": (_cell("acknowledged_by"), 20),
    "Reason": (_cell("acknowledged_reason"), 40),
}
"""Heading of each column of the exports to what it holds and how wide it is. ``Rule``, ``Return``,
``Table``, ``Record`` and ``As sent`` are what an acknowledgement repeats letter for letter."""

_IN_CSV = tuple(heading for heading in _EXPORTED if heading != "May change")
"""What is the same for all rows of a rule and long would be most of the file."""

_SHEETS = {
    "To mend": "state in ('new', 'open')",
    "Acknowledged": "state = 'acknowledged'",
    "Mended": "mended_at is not null",
}


def _export(headings: Iterable[str], which: str, most: int | None) -> str:
    """A query for findings as exports show them, at most so many of a rule."""
    columns = ", ".join(f'{_EXPORTED[heading][0]} as "{heading}"' for heading in headings)
    limit = (
        f"qualify row_number() over (partition by rule_id order by {_IN_ORDER}) <= {most}"
        if most
        else ""
    )
    return f"""
    with codes as (
        select rule_id as coded_rule, max(dfe_code) as dfe_code
        from validation.outcomes where run_id = $run_id group by all
    ),
    listed as ({_LISTED}),
    touched as ({_TOUCHED}),
    chosen as (select * from listed where {which} {limit})
    select {columns}
    from chosen
    left join codes on rule_id = coded_rule
    left join touched on rule_id = touching_rule
    order by {_IN_ORDER}
    """


def _write_csv(path: Path, connection: duckdb.DuckDBPyConnection, asked: Mapping[str, Any]) -> Path:
    """Every finding there is; with a byte order mark, because Excel reads UTF-8 by it.

    It goes from the database to the file a batch at a time, for there may be very many.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    batches = connection.execute(_export(_IN_CSV, "true", None), dict(asked)).to_arrow_reader(
        100_000
    )
    with unfinished.open("wb") as file:
        file.write(codecs.BOM_UTF8)
        with pa_csv.CSVWriter(file, batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
    return unfinished.replace(path)


def _write_workbook(
    path: Path, connection: duckdb.DuckDBPyConnection, asked: Mapping[str, Any], report: Report
) -> Path:
    workbook = Workbook(write_only=True)
    for title, which in _SHEETS.items():
        widths = {heading: width for heading, (_, width) in _EXPORTED.items()}
        rows = connection.execute(
            _export(_EXPORTED, which, ROWS_IN_WORKBOOK), dict(asked)
        ).fetchall()
        _write_sheet(workbook, title, widths, rows)
    _write_sheet(
        workbook,
        "Rules",
        {"Severity": 10, "Rule": 22, "What to do": 60, "To mend": 9, "New": 8, "Acknowledged": 13}
        | {"Oldest, days": 12, "If it stays as it is": 60, "Figures": 60},
        [
            (
                rule.severity,
                rule.rule_id,
                rule.message,
                rule.open,
                rule.new,
                rule.acknowledged,
                rule.oldest,
                rule.harm,
                rule.effect,
            )
            for rule in report.rules
        ],
    )
    _write_sheet(
        workbook,
        "Do not count",
        {"File": 40, "Line": 8, "Rule": 22, "Record": 40, "Why it does not count": 70},
        [
            tuple(
                neutralise(cell) if isinstance(cell, str) else cell
                for cell in (
                    line["source_file"],
                    line["source_line"],
                    line["rule_id"],
                    line["key_columns"],
                    line["why"],
                )
            )
            for line in report.ignored
        ],
    )
    unfinished = path.with_name(f".{path.name}.unfinished")
    workbook.save(unfinished)
    return unfinished.replace(path)


def _write_sheet(
    workbook: Workbook, title: str, widths: Mapping[str, int], rows: Iterable[Sequence[Any]]
) -> None:
    sheet = workbook.create_sheet(title)
    sheet.freeze_panes = "A2"
    for column, width in enumerate(widths.values(), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.append(list(_heading_cells(sheet, widths)))
    lines = 1
    for row in rows:
        sheet.append(tuple(row))
        lines += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(widths))}{lines}"


def _heading_cells(sheet: Any, headings: Iterable[str]) -> Iterator[WriteOnlyCell]:
    for heading in headings:
        cell = WriteOnlyCell(sheet, value=heading)
        cell.font = Font(bold=True)
        yield cell
