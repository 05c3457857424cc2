"""Finance's returns: payments for placements, the ledger, and the section 251 outturn."""

import calendar
import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from demo.calendar import ReportingYear
from demo.calibration import Quotas
from demo.costs import Payment, payments
from demo.ledger import PLACEMENT_CENTRES, Entry, entries, pooled_budgets, service_code, table
from demo.lives import Borough
from demo.returns import File, csv_file

_PAYMENT_COLUMNS = (
    "payment_id", "child_id", "supplier_id", "supplier_name", "service_code", "period_start",
    "period_end", "amount_gross", "weekly_rate", "payment_type", "contribution_health",
    "contribution_education", "cost_centre", "s251_line", "invoice_date",
)  # fmt: skip
_LEDGER_COLUMNS = (
    "cost_centre", "cost_centre_name", "account_code", "account_name", "month", "figure_type",
    "line_type", "amount", "service_code", "placement_category", "s251_line",
)  # fmt: skip
_SECTION_251_COLUMNS = ("year", "line_code", "line_name", "gross", "income", "net")
_LOOKED_AFTER_LINES = "3.1."
_TOTAL_LINE = ("3.1.11", "Total children looked after")

Row = tuple[str, ...]


def files(borough: Borough, years: Sequence[int], quotas: Quotas) -> Iterator[File]:
    """Every file of finance's returns: path below the landing zone, and bytes."""
    for year_end, paid in zip(years, payments(borough, years, quotas), strict=True):
        year = ReportingYear(year_end)
        place = f"{borough.la_code}/{year.folder}"
        for month, group in itertools.groupby(paid, lambda one: _month(one.start)):
            path = f"placement_payments/{place}/placement_payments_{month}.csv"
            yield csv_file(path, _PAYMENT_COLUMNS, _payment_rows(borough.la_code, list(group)))
        lines = entries(year, paid, quotas)
        pooled = list(pooled_budgets(year)) if borough.is_home else []
        yield csv_file(
            f"budget_ledger/{place}/budget_ledger.csv",
            _LEDGER_COLUMNS,
            [_ledger_row(one) for one in (*lines, *pooled)],
        )
        yield csv_file(
            f"section251/{place}/section251.csv", _SECTION_251_COLUMNS, _outturn(year, lines)
        )


def _pounds(pence: int) -> str:
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"


@cache
def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


@cache
def _month(day: dt.date) -> str:
    return day.strftime("%Y%m")


@cache
def _date(day: dt.date) -> str:
    return day.strftime("%d/%m/%Y")


def _payment_rows(la_code: str, paid: Sequence[Payment]) -> Iterator[Row]:
    for number, one in enumerate(paid, start=1):
        centre, _, s251_line = PLACEMENT_CENTRES[one.category]
        yield (
            f"{la_code}{_month(one.start)}{number:05d}",
            one.child_id,
            one.supplier_id,
            one.supplier_name,
            service_code(one.category),
            _date(one.start),
            _date(one.end),
            _pounds(one.amount),
            _pounds(one.weekly_rate),
            one.kind,
            _pounds(one.health) if one.health else "",
            _pounds(one.education) if one.education else "",
            centre,
            s251_line,
            _date(_month_end(one.start.year, one.start.month)),
        )


def _ledger_row(entry: Entry) -> Row:
    account = entry.account
    return (
        account.cost_centre,
        account.cost_centre_name,
        account.code,
        account.name,
        entry.month,
        entry.figure_type,
        account.line_type,
        _pounds(entry.amount),
        account.service_code,
        account.placement_category,
        account.s251_line,
    )


def _outturn(year: ReportingYear, lines: Sequence[Entry]) -> Iterator[Row]:
    """The ledger's actuals by line, and the total of looked-after children."""
    gross: Counter[str] = Counter()
    income: Counter[str] = Counter()
    for one in lines:
        if one.figure_type == "actual":
            side, sign = (gross, 1) if one.account.line_type == "expenditure" else (income, -1)
            side[one.account.s251_line] += sign * one.amount
    rows = [(row["line_code"], row["line_name"]) for row in table("s251_lines.csv")]
    for code, name in rows:
        yield _outturn_row(year, code, name, gross[code], income[code])
    looked_after = [code for code, _ in rows if code.startswith(_LOOKED_AFTER_LINES)]
    yield _outturn_row(
        year,
        *_TOTAL_LINE,
        sum(gross[code] for code in looked_after),
        sum(income[code] for code in looked_after),
    )


def _outturn_row(year: ReportingYear, code: str, name: str, gross: int, income: int) -> Row:
    amounts = (_pounds(gross), _pounds(income), _pounds(gross - income))
    return year.folder, code, name, *amounts
