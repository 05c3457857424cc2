"""What placements will cost, by authority: reads the warehouse for ``orchestration.forecasting``.

The statistics are in that package, which is tested without a warehouse. Here is only which rows
it is given and how its answers become a table. Nothing here reads the clock: the forecast begins
where the looked-after returns end.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import asdict

import pyarrow as pa

from orchestration.forecasting.forecast import back_test, forecast
from orchestration.forecasting.history import Spell
from orchestration.forecasting.scenarios import load_plan

FEWEST_YEARS = 4
COLUMNS = pa.schema(
    [
        ("area_code", pa.string()),
        ("la_code", pa.string()),
        ("kind", pa.string()),
        ("scenario", pa.string()),
        ("scenario_order", pa.int32()),
        ("scenario_title", pa.string()),
        ("scenario_description", pa.string()),
        ("first_day", pa.date32()),
        ("month_count", pa.int32()),
        ("placement_category", pa.string()),
        ("children", pa.float64()),
        ("spend", pa.float64()),
        ("lower", pa.float64()),
        ("upper", pa.float64()),
        ("actual", pa.float64()),
        ("naive", pa.float64()),
    ]
)


def model(dbt, session):
    """One row per authority, kind of forecast, scenario, period and category."""
    dbt.config(materialized="table")
    plan = load_plan()
    spells = spells_by_authority(dbt.ref("int_placement_costs__spells"))
    costs = costs_by_authority(dbt.ref("int_placement_costs__categories"))
    known = dbt.ref("int_looked_after__returns").aggregate(
        "area_code, la_code, max(known_until) as last_known", "area_code, la_code"
    )
    rows = []
    for area_code, la_code, last_known in sorted(known.fetchall()):
        prices, spending = costs[la_code]
        if la_code not in spells or not any(prices.values()):
            continue
        place = {"area_code": area_code, "la_code": la_code}
        rows += [place | row for row in expected(spells[la_code], prices, last_known, plan)]
        rows += [place | row for row in tried(spells[la_code], prices, spending, last_known, plan)]
    return pa.Table.from_pylist(rows, schema=COLUMNS)


def spells_by_authority(relation):
    """Times in placements by authority, in an order that chance may depend on."""
    chosen = relation.project(
        "la_code, child_id, placement_category, spell_start_date, spell_end_date, is_move,"
        " starts_unseen, next_category, date_of_birth"
    ).order("la_code, child_id, spell_start_date")
    grouped = defaultdict(list)
    for la_code, *fields in chosen.fetchall():
        grouped[la_code].append(Spell(*fields))
    return grouped


def costs_by_authority(relation):
    """Pounds a night, and pounds of each whole year, by authority, year end and category."""
    chosen = relation.project(
        "la_code, period_end, is_whole_year, placement_category, nights, gross_spend"
    ).order("la_code, period_end, placement_category")
    grouped = defaultdict(lambda: (defaultdict(dict), defaultdict(dict)))
    for la_code, period_end, is_whole_year, category, nights, spend in chosen.fetchall():
        prices, spending = grouped[la_code]
        if spend is None:
            continue
        if nights:
            prices[period_end.year][category] = spend / nights
        if is_whole_year:
            spending[period_end.year][category] = spend
    return grouped


def expected(spells, prices, last_known, plan):
    """The months ahead, and the years they make."""
    scenarios = {one.name: (place, one) for place, one in enumerate(plan.scenarios, start=1)}
    for kind, rows in zip(("month", "year"), forecast(spells, prices, last_known, plan),
                          strict=True):  # fmt: skip
        for row in rows:
            order, scenario = scenarios[row.scenario]
            yield {
                "kind": kind,
                "scenario_order": order,
                "scenario_title": scenario.title,
                "scenario_description": scenario.description,
                "placement_category": row.category,
                "month_count": row.months,
            } | {name: value for name, value in asdict(row).items() if name in COLUMNS.names}


def tried(spells, prices, spending, last_known, plan):
    """The held-back years: whole ones, with the year before and some history to learn from."""
    years = [
        year
        for year in sorted(spending)
        if year - 1 in spending
        and sum(earlier < year for earlier in prices) >= FEWEST_YEARS
        and dt.date(year, 3, 31) <= last_known
    ]
    for row in back_test(spells, prices, spending, years[-plan.held_back_years :], plan):
        yield {
            "kind": "back_test",
            "scenario": plan.as_now.name,
            "scenario_order": 1,
            "scenario_title": plan.as_now.title,
            "scenario_description": plan.as_now.description,
            "first_day": dt.date(row.year_end - 1, 4, 1),
            "month_count": 12,
            "placement_category": row.category,
        } | {name: value for name, value in asdict(row).items() if name in COLUMNS.names}
