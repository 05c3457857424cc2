"""What the sentence above a chart says."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from orchestration.publishing.site.content import Indicator, Part, Point
from orchestration.publishing.site.sentences import direction_words, finding, moves_in_a_row
from orchestration.publishing.site.wording import cell, difference, number, phrase, symbol


def indicator(*values: float | None, polarity: str = "lower", **latest: object) -> Indicator:
    points = []
    for place, value in enumerate(values):
        before = values[place - 1] if place else None
        change = None if value is None or before is None else value - before
        better = change is not None and (change > 0) == (polarity == "higher")
        points.append(
            Point(
                indicator_id="NI 62",
                period_label=f"{2014 + place}/{15 + place}",
                period_end=dt.date(2015 + place, 3, 31),
                basis="published",
                value=value,
                status="final" if value is not None else "suppressed",
                numerator=None,
                denominator=None,
                previous_value=before,
                change=change,
                direction=None
                if not change or polarity == "none"
                else "better"
                if better
                else "worse",
                target=None,
                target_status=None,
                neighbour_mean=None,
                neighbour_count=None,
                region_value=None,
                england_value=None,
                national_rank=None,
                ranked_authorities=None,
                quartile=None,
            )
        )
    if points:
        points[-1] = dataclasses.replace(points[-1], **latest)  # type: ignore[arg-type]
    return Indicator(
        indicator_id="NI 62",
        family="",
        title="",
        description="",
        numerator_rule=None,
        denominator_rule=None,
        unit="percent",
        polarity=polarity,
        decimals=0,
        source_return=None,
        owner=None,
        guidance_reference=None,
        outcome_area=None,
        source_landed_at=None,
        statistics_landed_at=None,
        points=tuple(points),
    )


def test_four_parts_in_order() -> None:
    said = finding(indicator(13, 12, 14, neighbour_mean=9.93, neighbour_count=10))

    assert said == (
        "Worse than the period before: 14% in 2016/17, up 2 percentage points from 12%. "
        "One period\N{RIGHT SINGLE QUOTATION MARK}s change may be normal variation. "
        "It is above the mean of 10 of 10 statistical neighbours, 9.9%."
    )


def test_three_moves_one_way_are_said_and_two_are_not() -> None:
    assert "third fall in a row" in finding(indicator(14, 13, 12, 11))
    assert "in a row" not in finding(indicator(11, 13, 12, 11))


def test_a_run_does_not_go_through_a_gap() -> None:
    assert "in a row" not in finding(indicator(14, 13, None, 12, 11))


def test_a_run_does_not_go_from_published_figures_into_computed_ones() -> None:
    told = indicator(14, 13, 12, 11)
    computed = dataclasses.replace(told.points[-1], basis="computed")

    assert "in a row" not in finding(
        dataclasses.replace(told, points=(*told.points[:-1], computed))
    )


def test_no_direction_no_praise() -> None:
    said = finding(indicator(70, 72, polarity="none"))

    assert said.startswith("Higher than the period before: 72% in 2015/16, up 2 percentage points")
    assert "better" not in said.lower()
    assert "worse" not in said.lower()


def test_a_change_that_rounds_away_is_no_change() -> None:
    same = indicator(11.2, 11.4)

    assert finding(same) == "No change: 11% in 2015/16, as the period before."
    assert direction_words(same, same.points[-1]) == "same"


def test_a_single_figure_is_not_compared() -> None:
    assert (
        finding(indicator(11)) == "11% in 2014/15; there is no earlier figure to compare it with."
    )


def test_a_withheld_figure_is_said_in_words() -> None:
    assert finding(indicator(11, None)).startswith("2015/16: not published (withheld: it rests on")


def test_no_figure_at_all() -> None:
    assert finding(indicator()) == "No figure has been published yet."


def test_a_split_points_to_its_parts() -> None:
    part = Part(
        indicator_id="JC-LACAGE",
        period_label="2016/17",
        period_end=dt.date(2017, 3, 31),
        breakdown="age_band",
        breakdown_value="1-4",
        version="outturn",
        numerator=41,
        denominator=282,
        value=14.5,
        status="final",
    )
    split = dataclasses.replace(indicator(), measure="distribution", parts=(part,))
    assert finding(split) == "How the whole divides is in the tables below."


def test_equal_to_the_neighbours_at_the_decimals_shown() -> None:
    said = finding(indicator(11, neighbour_mean=11.04, neighbour_count=7))

    assert said.endswith("It is the same as the mean of 7 of 10 statistical neighbours.")


@pytest.mark.parametrize(
    ("values", "moves"), [([1, 2, 3], 2), ([3, 2, 2], 0), ([1], 0), ([], 0), ([1, None, 2, 3], 1)]
)
def test_moves_in_a_row(values: list[float | None], moves: int) -> None:
    assert moves_in_a_row(values) == moves


@pytest.mark.parametrize(
    ("value", "shown"),
    [(12.25, "12.3"), (16.285, "16.3"), (12.35, "12.4"), (-0.05, "\N{MINUS SIGN}0.1")],
)
def test_case_124_half_rounds_away_from_zero(value: float, shown: str) -> None:
    assert number(value, 1) == shown


def test_numbers_and_units() -> None:
    assert number(-0.04, 1) == "0.0"
    assert number(-1204.5, 1) == "\N{MINUS SIGN}1,204.5"
    assert cell(1024, "gbp", 0) == "£1,024"
    assert cell(11, "percent", 0) == "11%"
    assert phrase(80, "rate_per_10000", 0) == "80 per 10,000"
    assert phrase(1, "days", 0) == "1 day"
    assert difference(-1, "percent", 0) == "1 percentage point"
    assert difference(-2.5, "percent", 1) == "2.5 percentage points"
    assert cell(3, "offences per offender", 1) == "3.0"


def test_symbols_have_words() -> None:
    assert [symbol(status).letter for status in ("suppressed", "low_reliability")] == ["c", "k"]
    assert [symbol(status).letter for status in ("not_applicable", None)] == ["z", "x"]
