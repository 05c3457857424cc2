"""One figure taken apart: what was counted, by which rule, from which files, and which children.

What belongs here: reading a figure and what it rests on from the restricted warehouse. What does
not: printing it (``console``), or working any figure out, which the marts have done.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.dbt import manifest_file
from orchestration.readings import Reading, readings_behind
from orchestration.settings import Settings


class UnknownFigureError(ValueError):
    """There is no such indicator, or no figure of it for the period."""


@dataclass(frozen=True)
class FigureLine:
    """A figure of one version and basis; numbers are None where it has a status instead."""

    version: str
    basis: str
    numerator: float | None
    denominator: float | None
    value: float | None
    status: str
    note: str | None


@dataclass(frozen=True)
class DeliveryUsed:
    """A delivery whose records the members of a figure rest on."""

    delivery_id: int
    source_file: str
    received_at: dt.datetime
    members: int


@dataclass(frozen=True)
class Member:
    """A child (or event) behind a figure. Restricted: never leaves the terminal it is shown on."""

    child_id: str | None
    counted_on: dt.date
    in_denominator: bool
    in_numerator: bool
    measure: float | None
    reason: str | None
    source_file: str | None
    source_line: int | None


@dataclass(frozen=True)
class Explanation:
    """Everything a figure rests on.

    Attributes:
        indicator: The indicator's row of ``dim_indicators``.
        period_label: The period, as ``2016/17``.
        area_code: ONS code of the authority.
        figures: The figures of each version and basis.
        columns: The population's columns the rule is made of, with what each means.
        readings: The open definitions on the way to the figure.
        deliveries: The deliveries its members' records came with.
        members: The members, where they were asked for.
    """

    indicator: dict[str, Any]
    period_label: str
    area_code: str
    figures: tuple[FigureLine, ...]
    columns: tuple[tuple[str, str], ...]
    readings: tuple[Reading, ...]
    deliveries: tuple[DeliveryUsed, ...]
    members: tuple[Member, ...] = ()


def explain(
    settings: Settings, indicator_id: str, period_label: str | None, *, with_members: bool
) -> Explanation:
    """Take a figure of the home authority apart.

    Args:
        settings: Where the warehouse is.
        indicator_id: The indicator, as ``NI 62``.
        period_label: The period, as ``2016/17``, ``2016/17 Q1`` or ``2017-07``; None for the
            last period of the indicator's own kind that has a figure.
        with_members: Whether to list the children.

    Raises:
        UnknownFigureError: The catalogue has no such indicator, or there is no figure of it.
    """
    if not settings.warehouse_file.exists():
        raise UnknownFigureError("Nothing has been built here yet: run `pier nightly` first.")
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as warehouse:
        indicator = _indicator(warehouse, indicator_id)
        area_code = _home_area(warehouse, settings)
        period_label = period_label or _latest_period(warehouse, indicator_id, area_code)
        figures = _figures(warehouse, indicator_id, area_code, period_label)
        chosen = [indicator_id, area_code, period_label]
        return Explanation(
            indicator=indicator,
            period_label=period_label,
            area_code=area_code,
            figures=figures,
            deliveries=_deliveries(warehouse, chosen),
            members=_members(warehouse, chosen) if with_members else (),
            **_rule(settings, indicator),
        )


def _indicator(warehouse: duckdb.DuckDBPyConnection, indicator_id: str) -> dict[str, Any]:
    found = warehouse.execute(
        "select * from marts.dim_indicators where lower(indicator_id) = lower(?)", [indicator_id]
    )
    row = found.fetchone()
    if row is None:
        near = warehouse.execute(
            "select indicator_id from marts.dim_indicators"
            " order by levenshtein(lower(indicator_id), lower(?)), indicator_id limit 3",
            [indicator_id],
        ).fetchall()
        raise UnknownFigureError(
            f"There is no indicator {indicator_id}. Near it: {', '.join(one for (one,) in near)}."
        )
    return dict(zip([column[0] for column in found.description or ()], row, strict=True))


def _home_area(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> str:
    row = warehouse.execute(
        "select area_code from reference.ref_areas where la_code = ? and is_newest_code"
        " and area_type = 'local_authority'",
        [settings.home_authority],
    ).fetchone()
    return str(row[0]) if row else settings.home_authority


def _latest_period(warehouse: duckdb.DuckDBPyConnection, indicator_id: str, area_code: str) -> str:
    row = warehouse.execute(
        "select values_.period_label from marts.fct_indicator_values as values_"
        " inner join marts.dim_indicators as indicators"
        "   on values_.indicator_id = indicators.indicator_id"
        "   and values_.period_type = indicators.period_type"
        " where lower(values_.indicator_id) = lower(?) and values_.area_code = ?"
        "   and values_.breakdown = 'total' and values_.version = 'outturn'"
        " order by values_.status = 'final' desc, values_.period_end desc limit 1",
        [indicator_id, area_code],
    ).fetchone()
    if row is None:
        raise UnknownFigureError(f"No period has a figure of {indicator_id} yet.")
    return str(row[0])


def _figures(
    warehouse: duckdb.DuckDBPyConnection, indicator_id: str, area_code: str, period_label: str
) -> tuple[FigureLine, ...]:
    rows = warehouse.execute(
        "select version, basis, numerator, denominator, value, status, note"
        " from marts.fct_indicator_values where lower(indicator_id) = lower(?)"
        " and area_code = ? and period_label = ? and breakdown = 'total'"
        " order by basis, version",
        [indicator_id, area_code, period_label],
    ).fetchall()
    if not rows:
        labels = warehouse.execute(
            "select string_agg(distinct period_label, ', ' order by period_label)"
            " from marts.fct_indicator_values where lower(indicator_id) = lower(?)"
            " and area_code = ? and period_type not in ('month', 'quarter')",
            [indicator_id, area_code],
        ).fetchone()
        known = labels[0] if labels and labels[0] else "none"
        raise UnknownFigureError(
            f"{indicator_id} has no figure for {period_label}. Years with one: {known}."
        )
    return tuple(FigureLine(*row) for row in rows)


def _rule(settings: Settings, indicator: dict[str, Any]) -> dict[str, Any]:
    """The columns the catalogue names, as their model describes them, and the open readings."""
    population = indicator["population"]
    if population is None:
        return {"columns": (), "readings": ()}
    manifest = json.loads(manifest_file(settings).read_text(encoding="utf-8"))
    described = manifest["nodes"][f"model.pier.{population}"]["columns"]
    names = [indicator[role] for role in ("numerator", "denominator", "comparison")]
    names.append(indicator["measure_column"])
    columns = {
        f"{population}.{name}": " ".join(described[name]["description"].split())
        for name in names
        if name in described
    }
    return {
        "columns": tuple(columns.items()),
        "readings": tuple(readings_behind(manifest, population)),
    }


def _deliveries(
    warehouse: duckdb.DuckDBPyConnection, chosen: list[str]
) -> tuple[DeliveryUsed, ...]:
    rows = warehouse.execute(
        "select flags.delivery_id, deliveries.source_file, deliveries.received_at, count(*)"
        " from marts.fct_indicator_flags as flags"
        " inner join raw.deliveries as deliveries using (delivery_id)"
        " where lower(flags.indicator_id) = lower(?) and flags.area_code = ?"
        " and flags.period_label = ? and flags.in_denominator"
        " group by all order by 1",
        chosen,
    ).fetchall()
    return tuple(DeliveryUsed(*row) for row in rows)


def _members(warehouse: duckdb.DuckDBPyConnection, chosen: list[str]) -> tuple[Member, ...]:
    rows = warehouse.execute(
        "select child_id, counted_on, in_denominator, in_numerator, measure, reason,"
        " source_file, source_line from marts.fct_indicator_flags"
        " where lower(indicator_id) = lower(?) and area_code = ? and period_label = ?"
        " order by in_numerator desc, in_denominator desc, child_id, counted_on",
        chosen,
    ).fetchall()
    return tuple(Member(*row) for row in rows)
