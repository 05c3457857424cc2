"""Price, volume and mix, by the model's own SQL, on costs drawn at random."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.dbt import DBT_PROJECT_DIR

MODEL = DBT_PROJECT_DIR / "models/marts/placement_costs/placement_cost_variance.sql"
KINDS = ("in_house_fostering", "pvi_fostering", "residential", "secure")

Cost = tuple[int, Decimal | None]
"""Nights of a category in a year, and pounds spent; None for no spending at all."""

costs = st.tuples(
    st.one_of(st.just(0), st.integers(1, 100_000)),
    st.one_of(
        st.none(),
        st.decimals(Decimal("-1000"), Decimal("9999999.99"), places=2, allow_nan=False),
    ),
)
years = st.dictionaries(st.sampled_from(KINDS), costs, min_size=1)


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            "create table placement_costs (area_code text, period_label text, period_start date,"
            " period_end date, placement_category text, is_whole_year boolean, nights bigint,"
            " children bigint, gross_spend double)"
        )
        yield connection


def variance(
    warehouse: duckdb.DuckDBPyConnection, before: dict[str, Cost], now: dict[str, Cost]
) -> dict[str, tuple[Decimal, ...]]:
    """Price, volume, mix and total of each category, as the model works them out."""
    warehouse.execute("delete from placement_costs")
    for start, year in ((2015, before), (2016, now)):
        for kind, (nights, spend) in year.items():
            warehouse.execute(
                "insert into placement_costs values ('a', ?, ?, ?, ?, true, ?, 9, ?)",
                [
                    f"{start}/{start - 1999}",
                    dt.date(start, 4, 1),
                    dt.date(start + 1, 3, 31),
                    kind,
                    nights,
                    None if spend is None else float(spend),
                ],
            )
    sql = jinja2.Template(MODEL.read_text(encoding="utf-8")).render(
        ref=lambda name: name,
        dbt=SimpleNamespace(
            dateadd=lambda part, number, column: f"{column} + interval ({number}) {part}"
        ),
    )
    rows = warehouse.execute(
        "select placement_category, price_effect, volume_effect, mix_effect, total_change"
        f" from ({sql})"
    ).fetchall()
    return {kind: effects for kind, *effects in rows}  # type: ignore[misc]


@settings(max_examples=60, deadline=None)
@given(before=years, now=years)
def test_the_effects_add_up_to_the_penny(
    warehouse: duckdb.DuckDBPyConnection, before: dict[str, Cost], now: dict[str, Cost]
) -> None:
    rows = variance(warehouse, before, now)
    assert set(rows) == set(before) | set(now)
    for kind, (price, volume, mix, total) in rows.items():
        spent = (now.get(kind, (0, None))[1] or 0) - (before.get(kind, (0, None))[1] or 0)
        assert price + volume + mix == total == spent


@settings(max_examples=30, deadline=None)
@given(before=years, factor=st.integers(2, 5))
def test_more_of_the_same_is_volume_alone(
    warehouse: duckdb.DuckDBPyConnection, before: dict[str, Cost], factor: int
) -> None:
    # Spending without nights has no price to stay the same.
    before = {kind: cost for kind, cost in before.items() if cost[0]}
    now = {
        kind: (nights * factor, None if spend is None else spend * factor)
        for kind, (nights, spend) in before.items()
    }
    for price, volume, mix, total in variance(warehouse, before, now).values():
        assert abs(mix) <= Decimal("0.01")
        assert abs(price) <= Decimal("0.02")
        assert abs(volume - total) <= Decimal("0.02")


@settings(max_examples=30, deadline=None)
@given(before=years, percent=st.integers(1, 200))
def test_dearer_nights_are_price_alone(
    warehouse: duckdb.DuckDBPyConnection, before: dict[str, Cost], percent: int
) -> None:
    before = {kind: cost for kind, cost in before.items() if cost[0]}
    now = {
        kind: (nights, None if spend is None else round(spend * (100 + percent) / 100, 2))
        for kind, (nights, spend) in before.items()
    }
    for price, volume, mix, total in variance(warehouse, before, now).values():
        assert volume == 0
        assert abs(mix) <= Decimal("0.01")
        assert abs(price - total) <= Decimal("0.01")
