"""Where the marks of a chart go. The templates draw them; nothing here writes SVG.

Each chart is laid out twice, for a wide and a narrow column, because an SVG that only shrinks
has unreadable words on a phone or at 400% zoom (docs/adr/0005-charts.md).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Labeller = Callable[[float], str]

LEAST_SHARE_SHOWN = 0.2
"""The axis spans at least this share of the largest figure."""


@dataclass(frozen=True)
class Line:
    """One series to draw.

    Attributes:
        key: ``ours``, ``neighbours``, ``region`` or ``england``: fixes colour, dash and mark.
        name: What it is called at its end.
        short_name: The same where there is little room.
        values: One for each period; None is a gap.
        label: How a value is written at the line's end.
    """

    key: str
    name: str
    short_name: str
    values: tuple[float | None, ...]
    label: Labeller


@dataclass(frozen=True)
class Frame:
    """The room a chart has, in its own units: size, and margins around the plot."""

    name: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    label_gap: float
    most_period_labels: int


WIDE = Frame("wide", 760, 340, 52, 190, 16, 34, 20, 7)
NARROW = Frame("narrow", 330, 300, 40, 128, 14, 32, 19, 3)
SPARK = Frame("spark", 116, 30, 3, 5, 4, 4, 0, 0)


@dataclass(frozen=True)
class Mark:
    """A point that is drawn."""

    x: float
    y: float


@dataclass(frozen=True)
class EndLabel:
    """A line's name beside its last point; ``y`` keeps clear of the others, ``from_y`` is true."""

    x: float
    y: float
    from_x: float
    from_y: float
    text: str
    figure: str


@dataclass(frozen=True)
class DrawnLine:
    """A series with its places: paths between gaps, marks, and the label at the end."""

    key: str
    paths: tuple[str, ...]
    marks: tuple[Mark, ...]
    label: EndLabel | None


@dataclass(frozen=True)
class Tick:
    """A place on an axis and what stands there."""

    at: float
    text: str


@dataclass(frozen=True)
class LineChart:
    """A trend chart, laid out for one frame."""

    frame: Frame
    lines: tuple[DrawnLine, ...]
    value_ticks: tuple[Tick, ...]
    period_ticks: tuple[Tick, ...]
    starts_at_zero: bool


def line_chart(
    ends: Sequence[dt.date],
    periods: Sequence[str],
    breaks: Sequence[bool],
    lines: Sequence[Line],
    frame: Frame,
    axis_label: Labeller,
) -> LineChart:
    """Lay out a trend.

    Args:
        ends: The last day of each period, oldest first: they fix the distances along the axis.
        periods: The label of each period.
        breaks: Whether each period does not continue the one before it.
        lines: The series; the first is drawn on top.
        frame: The room there is.
        axis_label: How a value is written on the axis.
    """
    known = [value for line in lines for value in line.values if value is not None]
    ticks = value_ticks(min(known, default=0), max(known, default=1))
    up = _scale(ticks[0], ticks[-1], frame.height - frame.bottom, frame.top)
    along = _scale(ends[0].toordinal(), ends[-1].toordinal(), frame.left, frame.width - frame.right)
    xs = [along(end.toordinal()) for end in ends]
    drawn = [_drawn(line, xs, breaks, up) for line in lines]
    labels = _end_labels(lines, drawn, frame)
    return LineChart(
        frame=frame,
        lines=tuple(
            DrawnLine(line.key, line.paths, line.marks, label)
            for line, label in zip(drawn, labels, strict=True)
        ),
        value_ticks=tuple(Tick(up(tick), axis_label(tick)) for tick in ticks),
        period_ticks=_period_ticks(xs, periods, frame.most_period_labels),
        starts_at_zero=ticks[0] == 0,
    )


@dataclass(frozen=True)
class Spread:
    """Where one figure lies among all authorities': a dot each, equal ones on top of each other.

    Attributes:
        frame: The room it takes, as high as the tallest column needs.
        dots: Every authority's dot.
        radius: Of a dot.
        ours: Where our figure lies along the axis.
        floor: Where the axis is.
        value_ticks: What stands along the axis.
    """

    frame: Frame
    dots: tuple[Mark, ...]
    radius: float
    ours: float
    floor: float
    value_ticks: tuple[Tick, ...]


SPREAD_WIDE = Frame("wide", 760, 0, 20, 20, 34, 30, 0, 0)
SPREAD_NARROW = Frame("narrow", 330, 0, 16, 16, 34, 30, 0, 0)
_TALLEST_COLUMN = 120.0
_WIDEST_DOT = 7.0


def spread(values: Sequence[float], ours: float, frame: Frame, axis_label: Labeller) -> Spread:
    """Lay out every authority's figure as a column of dots, with the place of ours."""
    ticks = value_ticks(min(*values, ours), max(*values, ours))
    along = _scale(ticks[0], ticks[-1], frame.left, frame.width - frame.right)
    columns = Counter(round(along(value) / _WIDEST_DOT) for value in values)
    size = min(_WIDEST_DOT, _TALLEST_COLUMN / max(columns.values()))
    floor = frame.top + max(columns.values()) * size + 4
    dots = tuple(
        Mark(column * _WIDEST_DOT, round(floor - 3 - (place + 0.5) * size, 1))
        for column, count in sorted(columns.items())
        for place in range(count)
    )
    return Spread(
        frame=dataclasses.replace(frame, height=floor + frame.bottom),
        dots=dots,
        radius=round(size * 0.42, 2),
        ours=along(ours),
        floor=floor,
        value_ticks=tuple(Tick(along(tick), axis_label(tick)) for tick in ticks),
    )


def value_ticks(least: float, greatest: float, about: int = 5) -> list[float]:
    """Round numbers that enclose a range: from zero when the range comes near it.

    A range that is small beside its numbers is widened, so that a move of one in three hundred
    does not fill the chart and look like a leap.

    Returns:
        Evenly spaced, ascending, at least two.
    """
    if 0 <= least <= 0.4 * greatest:
        least = 0.0
    narrowest = LEAST_SHARE_SHOWN * max(abs(least), abs(greatest)) or 1.0
    lacking = max(0.0, narrowest - (greatest - least)) / 2
    least, greatest = least - lacking, greatest + lacking
    rough = (greatest - least) / about
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(m * magnitude for m in (1, 2, 5, 10) if m * magnitude >= rough * 0.999)
    first, last = math.floor(least / step + 1e-9), math.ceil(greatest / step - 1e-9)
    return [round(place * step, 10) for place in range(first, last + 1)]


def tick_decimals(ticks: Sequence[float]) -> int:
    """Decimals that evenly spaced ticks need to be told apart."""
    step = ticks[1] - ticks[0]
    return max(0, -math.floor(math.log10(step) + 1e-9))


def spread_apart(wanted: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Move places as little as needed for ``gap`` between each two, within top and bottom.

    Places come back in the order given. With no room for all, the lowest run over the bottom.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [wanted[index] for index in order]
    for _ in range(len(placed)):
        for upper, lower in zip(range(len(placed)), range(1, len(placed)), strict=False):
            short = gap - (placed[lower] - placed[upper])
            if short > 1e-9:
                placed[upper] -= short / 2
                placed[lower] += short / 2
    # From the bottom up, then from the top down: nothing leaves the frame at the top.
    for place in range(len(placed) - 1, -1, -1):
        floor = bottom if place == len(placed) - 1 else placed[place + 1] - gap
        placed[place] = min(placed[place], floor)
    for place in range(len(placed)):
        ceiling = top if place == 0 else placed[place - 1] + gap
        placed[place] = max(placed[place], ceiling)
    result = [0.0] * len(wanted)
    for index, value in zip(order, placed, strict=True):
        result[index] = round(value, 1)
    return result


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    span = high - low

    def place(value: float) -> float:
        share = (value - low) / span if span else 0.5
        return round(start + share * (end - start), 1)

    return place


def _drawn(
    line: Line, xs: Sequence[float], breaks: Sequence[bool], up: Callable[[float], float]
) -> DrawnLine:
    runs: list[list[Mark]] = [[]]
    for x, value, is_break in zip(xs, line.values, breaks, strict=True):
        if (is_break or value is None) and runs[-1]:
            runs.append([])
        if value is not None:
            runs[-1].append(Mark(x, up(value)))
    paths = ("M" + " L".join(f"{mark.x:g},{mark.y:g}" for mark in run) for run in runs if run[1:])
    return DrawnLine(line.key, tuple(paths), tuple(mark for run in runs for mark in run), None)


def _end_labels(
    lines: Sequence[Line], drawn: Sequence[DrawnLine], frame: Frame
) -> list[EndLabel | None]:
    lasts = [line.marks[-1] if line.marks else None for line in drawn]
    places = [last.y for last in lasts if last]
    spread = iter(spread_apart(places, frame.label_gap, frame.top, frame.height - frame.bottom - 4))
    x = frame.width - frame.right + 14
    labels: list[EndLabel | None] = []
    for line, last in zip(lines, lasts, strict=True):
        if last is None or not frame.label_gap:
            labels.append(None)
            continue
        value = next(value for value in reversed(line.values) if value is not None)
        name = line.name if frame.name == "wide" else line.short_name
        labels.append(EndLabel(x, next(spread), last.x, last.y, name, line.label(value)))
    return labels


def _period_ticks(xs: Sequence[float], periods: Sequence[str], most: int) -> tuple[Tick, ...]:
    """The newest period is always named, the others at even distances back from it."""
    if not most:
        return ()
    every = max(1, math.ceil((len(xs) - 1) / max(1, most - 1)))
    chosen = range((len(xs) - 1) % every, len(xs), every)
    return tuple(Tick(xs[place], periods[place]) for place in chosen)
