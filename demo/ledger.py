"""The ledger of children's social care: what was spent and received, month by month.

Placements cost what was paid for them. The other lines are printed sums where a document has them;
what is left of the printed gross spending and income goes to lines that share it. Money is counted
in pence, income is negative.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from demo.calendar import ReportingYear
from demo.calibration import CalibrationError, Quotas
from demo.costs import Payment

_PENCE = 100
_MONTHS = 12
_ROUND = 1_000 * _PENCE
_SAVINGS = (
    ("SAV01", "Fewer agency placements", 5),
    ("SAV02", "Staffing", 3),
    ("SAV03", "Contracts", 2),
)


@dataclass(frozen=True)
class Account:
    """A line of the ledger, without its month and amount."""

    cost_centre: str
    cost_centre_name: str
    code: str
    name: str
    line_type: str
    s251_line: str
    placement_category: str = ""
    service_code: str = ""


@dataclass(frozen=True)
class Entry:
    """An amount on an account: a month's actual, or a year's budget or saving."""

    account: Account
    month: str
    figure_type: str
    amount: int


PLACEMENT_CENTRES: Mapping[str, tuple[str, str, str]] = {
    "in_house_fostering": ("CS100", "In house foster care", "3.1.2"),
    "pvi_fostering": ("CS110", "PVI foster care", "3.1.2"),
    "residential": ("CS120", "Residential care", "3.1.1"),
    "secure": ("CS120", "Residential care", "3.1.1"),
    "supported": ("CS130", "Supported accommodation", "3.1.9"),
    "other": ("CS135", "Family assessment placements", "3.1.5"),
}
"""Where each category of placement is charged: cost centre, its name, section 251 line."""

_ACCOUNTS_OF_KINDS = {
    "allowance": ("4100", "Allowances"),
    "fee": ("4110", "Fees"),
    "agency": ("4120", "Agency placements"),
    "residential": ("4130", "Residential placements"),
}


def entries(year: ReportingYear, paid: Sequence[Payment], quotas: Quotas) -> list[Entry]:
    """Every line of a year's ledger: actuals by month, then budgets and savings.

    Args:
        year: the financial year.
        paid: the year's payments for placements.
        quotas: gross spending, income, budgets, savings, and the sums of single accounts.

    Raises:
        CalibrationError: if placements cost more than all that was spent.
    """
    actuals = [*_placements(paid), *_other_lines(year, paid, quotas)]
    return [*actuals, *_budgets(year, actuals, quotas), *_savings(year, quotas)]


def _placements(paid: Sequence[Payment]) -> Iterator[Entry]:
    """Payments and contributions to them, by month."""
    sums: Counter[tuple[Account, str]] = Counter()
    for one in paid:
        month = f"{one.start.year}-{one.start.month:02d}"
        sums[_account_of(one.category, one.kind), month] += one.amount
        for code, name, amount in (
            ("9300", "Contributions of health", one.health),
            ("9310", "Contributions of education", one.education),
        ):
            if amount:
                sums[_account_of(one.category, code, name), month] -= amount
    for (account, month), amount in sorted(
        sums.items(), key=lambda item: (_order(item[0][0]), item[0][1])
    ):
        yield Entry(account, month, "actual", amount)


def _order(account: Account) -> tuple[str, ...]:
    return account.cost_centre, account.code, account.placement_category


@cache
def _account_of(category: str, kind: str, contribution: str = "") -> Account:
    """The account of a kind of payment, or of contributions to it by their code and name."""
    centre, centre_name, s251_line = PLACEMENT_CENTRES[category]
    code, name = (kind, contribution) if contribution else _ACCOUNTS_OF_KINDS[kind]
    # An account is of one category, so that its key is its own.
    if category == "secure":
        code, name = code[:-1] + "5", f"{name}, secure"
    return Account(
        cost_centre=centre,
        cost_centre_name=centre_name,
        code=code,
        name=name,
        line_type="income" if contribution else "expenditure",
        s251_line=s251_line,
        placement_category=category,
        service_code=service_code(category),
    )


def service_code(category: str) -> str:
    """The ledger's code of the service that a placement is."""
    return f"PL-{category.upper().replace('_', '-')}"


def _other_lines(year: ReportingYear, paid: Sequence[Payment], quotas: Quotas) -> Iterator[Entry]:
    """The lines that are not placements: printed sums, and shares of the rest."""
    rows = table("ledger_lines.csv")
    fixed = {
        place: quotas.get("ledger_amount", year.year_end, row["measure"]) * _PENCE
        for place, row in enumerate(rows)
        if not row["share"]
    }
    spent = sum(one.amount for one in paid) + _sum(rows, fixed, "expenditure")
    received = sum(one.health + one.education for one in paid) + _sum(rows, fixed, "income")
    rest = {
        "expenditure": quotas.get("children_social_care_gross", year.year_end) * _PENCE - spent,
        "income": quotas.get("children_social_care_income", year.year_end) * _PENCE - received,
    }
    if min(rest.values()) < 0:
        raise CalibrationError(f"more is spent on placements than in all in {year.folder}")
    for line_type, whole in rest.items():
        places = [
            place
            for place, row in enumerate(rows)
            if row["share"] and row["line_type"] == line_type
        ]
        shares = [int(rows[place]["share"]) for place in places]
        fixed.update(zip(places, divided(whole, shares), strict=True))
    for place, row in enumerate(rows):
        account = Account(
            row["cost_centre"], row["cost_centre_name"], row["account_code"],
            row["account_name"], row["line_type"], row["s251_line"],
        )  # fmt: skip
        sign = -1 if row["line_type"] == "income" else 1
        for month, amount in zip(_months(year), divided(fixed[place], [1] * _MONTHS), strict=True):
            if amount:
                yield Entry(account, month, "actual", sign * amount)


def _sum(rows: Sequence[Mapping[str, str]], amounts: Mapping[int, int], line_type: str) -> int:
    return sum(amount for place, amount in amounts.items() if rows[place]["line_type"] == line_type)


def _budgets(year: ReportingYear, actuals: Sequence[Entry], quotas: Quotas) -> Iterator[Entry]:
    """The year's original and latest budget of every account, in round sums.

    Where no total is known, the latest budget is what was spent, to the nearest thousand; the
    original one is nine tenths of the latest.
    """
    spent: Counter[Account] = Counter()
    for entry in actuals:
        spent[entry.account] += entry.amount
    for line_type, measure, sign in (
        ("expenditure", "children_social_care_budget_gross", 1),
        ("income", "children_social_care_budget_income", -1),
    ):
        accounts = [account for account in spent if account.line_type == line_type]
        amounts = [sign * spent[account] for account in accounts]
        wanted = quotas.find(measure, year.year_end)
        total = sum(amounts) if wanted is None else wanted * _PENCE
        latest = divided(total, amounts, _ROUND)
        for account, amount in zip(accounts, latest, strict=True):
            original = round(amount * 9 / 10 / _ROUND) * _ROUND
            yield Entry(account, year_label(year), "original_budget", sign * original)
            yield Entry(account, year_label(year), "latest_budget", sign * amount)


def _savings(year: ReportingYear, quotas: Quotas) -> Iterator[Entry]:
    """What the year's budget was to save, by scheme."""
    total = quotas.find("savings", year.year_end)
    if total is None:
        return
    parts = divided(total * _PENCE, [share for _, _, share in _SAVINGS], _ROUND)
    for (code, name, _), amount in zip(_SAVINGS, parts, strict=True):
        account = Account("CS900", "Budgeted savings", code, name, "expenditure", "")
        yield Entry(account, year_label(year), "saving", amount)


def pooled_budgets(year: ReportingYear) -> Iterator[Entry]:
    """The pooled and aligned budgets that the plan for 2008/09 prints, by priority."""
    if year.year_end != _YEAR_OF_POOLED_BUDGETS:
        return
    for place, row in enumerate(table("pooled_budgets.csv"), start=1):
        account = Account(
            f"POOL{row['priority']}", f"Pooled and aligned budgets, priority {row['priority']}",
            f"P{place:02d}", row["name"], "expenditure", "",
        )  # fmt: skip
        yield Entry(account, year_label(year), "original_budget", int(row["amount"]) * _PENCE)


_YEAR_OF_POOLED_BUDGETS = 2009


def year_label(year: ReportingYear) -> str:
    """The year as ``2016/17``; with a hyphen, 2008-09 could be a month."""
    return year.folder.replace("-", "/")


def _months(year: ReportingYear) -> list[str]:
    return [
        f"{year.year_end - (number <= 12)}-{(number - 1) % 12 + 1:02d}" for number in range(4, 16)
    ]


def divided(whole: int, shares: Sequence[int], step: int = 1) -> list[int]:
    """A sum in parts by share, each a multiple of a step but for the last; they add up to it."""
    if not sum(shares):
        return [0] * len(shares)
    parts, so_far, given = [], 0, 0
    for share in shares:
        so_far += share
        part = round(whole * so_far / sum(shares) / step) * step - given
        parts.append(part)
        given += part
    parts[-1] += whole - given
    return parts


def table(name: str) -> list[dict[str, str]]:
    """The rows of one of the package's tables."""
    text = resources.files("demo").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
