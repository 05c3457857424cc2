"""Where a chart's marks go."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.publishing.site import charts
from orchestration.publishing.site.charts import Line, spread_apart, value_ticks
from orchestration.publishing.site.content import gap_flags


def years(*ends: int) -> list[dt.date]:
    return [dt.date(end, 3, 31) for end in ends]


@pytest.mark.parametrize(
    ("least", "greatest", "ticks"),
    [
        (10.4, 13.9, [10, 11, 12, 13, 14]),
        (3, 11, [0, 5, 10, 15]),  # near enough to zero to start there
        (297, 304, [260, 280, 300, 320, 340]),  # widened: 7 in 300 is no leap
        (0, 0, [-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6]),
        (-4, 6, [-4, -2, 0, 2, 4, 6]),
    ],
)
def test_ticks_are_round_and_enclose_the_figures(
    least: float, greatest: float, ticks: list[float]
) -> None:
    assert value_ticks(least, greatest) == ticks


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_ticks_enclose_any_range_evenly(least: float, width: float) -> None:
    greatest = least + width

    ticks = value_ticks(least, greatest)

    steps = [newer - older for older, newer in itertools.pairwise(ticks)]
    slack = 1e-6 * max(1.0, abs(greatest), abs(least))
    assert 2 <= len(ticks) <= 9
    assert ticks[0] <= least + slack
    assert ticks[-1] >= greatest - slack
    assert max(steps) - min(steps) <= slack


@given(st.lists(st.floats(20, 280), min_size=1, max_size=4))
def test_labels_keep_clear_of_each_other_and_inside(wanted: list[float]) -> None:
    placed = spread_apart(wanted, gap=19, top=14, bottom=290)

    ordered = sorted(placed)
    assert all(b - a >= 18.8 for a, b in itertools.pairwise(ordered))
    assert min(placed) >= 14
    assert max(placed) <= 290.1


def test_labels_that_are_apart_stay_where_they_are() -> None:
    assert spread_apart([100, 50, 200], gap=19, top=0, bottom=300) == [100, 50, 200]


def test_a_missing_figure_and_a_missing_period_both_break_the_line() -> None:
    chart = charts.line_chart(
        years(2016, 2017, 2018, 2019, 2021, 2022),
        ["2016", "2017", "2018", "2019", "2021", "2022"],
        gap_flags(years(2016, 2017, 2018, 2019, 2021, 2022)),
        [Line("ours", "Ours", "Ours", (1, 2, None, 4, 5, 6), str)],
        charts.WIDE,
        str,
    )

    line = chart.lines[0]
    assert len(line.paths) == 2  # 2016-17 and 2021-22; 2019 stands alone as a mark
    assert len(line.marks) == 5
    assert line.label is not None
    assert line.label.figure == "6"


def test_periods_lie_as_far_apart_as_they_are() -> None:
    chart = charts.line_chart(
        years(2016, 2017, 2021),
        ["2016", "2017", "2021"],
        [False] * 3,
        [Line("ours", "Ours", "Ours", (1, 2, 3), str)],
        charts.WIDE,
        str,
    )

    first, second, last = (mark.x for mark in chart.lines[0].marks)
    assert (last - second) / (second - first) == pytest.approx(4, rel=0.01)


def test_equal_figures_stand_on_top_of_each_other_and_none_is_lost() -> None:
    values = [5.0] * 40 + [6.0] * 3 + [9.5]

    spread = charts.spread(values, 6.0, charts.SPREAD_WIDE, str)

    assert len(spread.dots) == len(values)
    columns = Counter(dot.x for dot in spread.dots)
    assert sorted(columns.values()) == [1, 3, 40]
    assert all(charts.SPREAD_WIDE.top <= dot.y < spread.floor for dot in spread.dots)
    middle = sorted(columns)[1]
    assert abs(spread.ours - middle) <= 4


def test_the_newest_period_is_always_named() -> None:
    ends = years(*range(2001, 2025))
    names = [str(end.year) for end in ends]
    line = Line("ours", "Ours", "Ours", tuple(range(24)), str)

    for frame in (charts.WIDE, charts.NARROW):
        ticks = charts.line_chart(ends, names, [False] * 24, [line], frame, str).period_ticks
        assert ticks[-1].text == "2024"
        assert len(ticks) <= frame.most_period_labels
