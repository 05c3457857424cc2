"""The pages of placement costs: what they show, and how their charts are laid out.

Read from the marts of placement costs alone. A publication without them, or whose home authority
sent no payments, ledger or looked-after return, has no such pages.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orchestration.publishing.site import charts
from orchestration.publishing.site.wording import number

NEEDED = {
    "placement_costs",
    "placement_cost_variance",
    "placement_cost_forecast",
    "fct_placement_costs_by_provider",
    "fct_placement_cost_reconciliation",
    "fct_placement_cost_forecast_years",
    "fct_placement_cost_back_tests",
    "fct_in_house_savings",
}
"""The marts the pages are drawn from."""

Rows = tuple[Mapping[str, Any], ...]
Ask = Callable[[str, Mapping[str, str]], Sequence[Mapping[str, Any]]]
"""Asks the publication a question and gives its rows."""

NAMES = {
    "in_house_fostering": "In-house fostering",
    "pvi_fostering": "Fostering by agencies",
    "other_la_fostering": "Fostering by other councils",
    "residential": "Residential homes",
    "secure": "Secure homes",
    "supported": "Supported accommodation",
    "adoption": "Placed for adoption",
    "parents": "With parents",
    "other": "Other placements",
    "total": "All placements",
}
"""What a reader calls the categories, in the order of the tables."""

BASES = {
    "ledger_outturn_per_week_of_care": "outturn of the ledger, by weeks of care",
    "payments_per_week_of_care": "payments by weeks of care",
    "payments_for_nights_of_care_per_week_of_care": "payments for nights of care, by weeks of care",
    "no_nights": "no nights to divide by",
    "no_spending": "no spending is recorded",
    "no_payments": "no payments",
}
"""What a cost for a week is worked out from, in words."""

PROVIDERS = {
    "own_authority": "The council",
    "other_authority": "Another council",
    "other_public": "Other public body",
    "private": "Private",
    "voluntary": "Voluntary",
    "parents": "Parents",
    "unknown": "Not known",
}
"""Who provides a placement, in words."""

_AREA = "area_code = $area"
# 3.1.10 comes after 3.1.9.
_LINE_ORDER = (
    "list_transform(string_split(line_code, '.'), lambda part: try_cast(part as integer)),"
    " line_code"
)


@dataclass(frozen=True)
class Costs:
    """Everything the pages of placement costs show, newest period last."""

    categories: Rows
    providers: Rows
    reconciliation: Rows
    variance: Rows
    savings: Rows
    months: Rows
    years: Rows
    back_tests: Rows

    @property
    def year(self) -> str:
        """The newest year of which spending or nights are known."""
        return str(self.categories[-1]["period_label"])

    def of_year(self, rows: Rows, year: str | None = None) -> Rows:
        """The rows of one year; of the newest where none is named."""
        if not rows:
            return ()
        wanted = year or rows[-1]["period_label"]
        return tuple(row for row in rows if row["period_label"] == wanted)

    @property
    def scenarios(self) -> tuple[tuple[str, str, str], ...]:
        """Name, title and description of each scenario, in their order."""
        found = {
            row["scenario_order"]: (
                row["scenario"], row["scenario_title"], row["scenario_description"],
            )
            for row in self.years
        }  # fmt: skip
        return tuple(found[order] for order in sorted(found))

    @property
    def unit_costs(self) -> tuple[tuple[str, ...], Mapping[str, Mapping[str, float | None]]]:
        """The newest years, and what a week costs in each, by category."""
        years = sorted({row["period_label"] for row in self.categories})[-6:]
        table: dict[str, dict[str, float | None]] = {}
        for row in self.categories:
            if row["period_label"] in years:
                cells = table.setdefault(row["placement_category"], {})
                cells[row["period_label"]] = row["unit_cost"]
        shown = {name: of for name, of in table.items() if any(of.values())}
        return tuple(years), shown


def read_costs(ask: Ask, present: set[str], area_code: str) -> Costs | None:
    """Read what the pages show.

    Args:
        ask: Asks the publication.
        present: The tables it has.
        area_code: The home authority.

    Returns:
        None where the publication has no such marts, or nothing of the home authority in them.
    """
    if not present >= NEEDED:
        return None
    given = {"area": area_code}

    def rows(table: str, order: str, where: str = _AREA) -> Rows:
        asked = f"select * from {table} where {where} order by {order}"
        return tuple(ask(asked, given))

    by_category = f"period_label, {_category_order()}"
    categories = rows("placement_costs", by_category)
    if not categories:
        return None
    return Costs(
        categories=categories,
        providers=rows("fct_placement_costs_by_provider", f"{by_category}, provider_type"),
        reconciliation=rows("fct_placement_cost_reconciliation", f"period_label, {_LINE_ORDER}"),
        variance=rows("placement_cost_variance", by_category),
        savings=rows("fct_in_house_savings", "period_label"),
        months=rows("placement_cost_forecast", f"scenario_order, {by_category}"),
        years=rows("fct_placement_cost_forecast_years", f"scenario_order, {by_category}"),
        back_tests=rows("fct_placement_cost_back_tests", by_category),
    )


def _category_order() -> str:
    listed = ", ".join(f"'{name}'" for name in NAMES)
    return f"list_position([{listed}], placement_category)"


def pounds(value: float | Decimal | None, decimals: int = 0) -> str | None:
    """``£1,024``; a loss has its minus before the sign. None stays none."""
    if value is None:
        return None
    text = number(float(value), decimals)
    minus = "\N{MINUS SIGN}"
    return f"{minus}£{text.removeprefix(minus)}" if text.startswith(minus) else f"£{text}"


def total(rows: Rows, column: str) -> float | None:
    """The sum of a column; None where a row does not tell."""
    values = [row[column] for row in rows]
    return None if None in values else float(sum(values))


def forecast_charts(costs: Costs) -> list[charts.LineChart]:
    """Spending of the months ahead as things are now, with the range, wide and narrow."""
    months = [
        row
        for row in costs.months
        if row["scenario_order"] == 1 and row["placement_category"] == "total"
    ]
    if len(months) < 2:
        return []
    ends: list[dt.date] = [row["period_end"] for row in months]
    labels = [f"{row['period_start']:%b %Y}" for row in months]
    names = (
        ("ours", "spend", "Expected", "Expected"),
        ("region", "upper", "Upper", "Upper"),
        ("neighbours", "lower", "Lower", "Lower"),
    )
    lines = [
        charts.Line(key, name, short, tuple(row[column] for row in months), _millions)
        for key, column, name, short in names
    ]
    breaks = [False] * len(ends)
    known = [value / 1_000_000 for line in lines for value in line.values if value is not None]
    decimals = charts.tick_decimals(charts.value_ticks(min(known), max(known)))

    def axis(value: float) -> str:
        return f"£{number(value / 1_000_000, decimals)}m"

    return [
        charts.line_chart(ends, labels, breaks, lines, frame, axis)
        for frame in (charts.WIDE, charts.NARROW)
    ]


def _millions(value: float) -> str:
    return f"£{number(value / 1_000_000, 2)}m"


def downloads(costs: Costs) -> list[tuple[str, list[Sequence[Any]]]]:
    """A CSV file of each table, with the columns of its mart."""
    tables = (
        ("costs", costs.categories),
        ("costs-by-provider", costs.providers),
        ("costs-reconciliation", costs.reconciliation),
        ("costs-variance", costs.variance),
        ("costs-in-house", costs.savings),
        ("costs-forecast", costs.months),
        ("costs-forecast-years", costs.years),
        ("costs-back-tests", costs.back_tests),
    )
    return [
        (f"{name}.csv", [list(rows[0]), *(list(row.values()) for row in rows)])
        for name, rows in tables
        if rows
    ]
