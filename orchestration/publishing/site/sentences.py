"""The sentence above each chart, made from the figures by rule so that no claim goes beyond them.

Four parts, in order: direction, size, signal, against whom. Words of praise or blame never
appear; *better* and *worse* only where the catalogue sets a direction.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.publishing.site.content import Indicator, Point, Scorecard
from orchestration.publishing.site.wording import APOSTROPHE, difference, phrase, plural, symbol

RUN_WORTH_SAYING = 3
"""Moves in one direction in a row that are said; fewer are as likely chance as not."""

_ORDINALS = {3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth"}


def finding(indicator: Indicator) -> str:
    """What the newest figure says, in one to three plain sentences."""
    latest = indicator.latest
    if latest is None:
        if indicator.is_split and indicator.parts:
            return "How the whole divides is in the tables below."
        return "No figure has been published yet."
    if latest.value is None:
        return f"{latest.period_label}: not published ({symbol(latest.status).words})."
    parts = [
        _direction_and_size(indicator, latest),
        _signal(indicator),
        _against(indicator, latest),
    ]
    return " ".join(part for part in parts if part)


def adoption_finding(point: Scorecard) -> str:
    """The figure of a measure that has a threshold, and how far off the threshold it is."""
    if point.value is None:
        return f"{point.period_label}: no figure ({symbol(point.status).words})."
    parts = [f"{phrase(point.value, point.unit, point.decimals)} in {point.period_label}"]
    if point.threshold is not None and point.distance_to_threshold is not None:
        limit = phrase(point.threshold, point.unit, 0)
        away = difference(point.distance_to_threshold, point.unit, point.decimals)
        if point.meets_threshold:
            parts.append(f"{away} within the threshold of {limit}")
        else:
            parts.append(f"{away} beyond the threshold of {limit}")
    said = f"{', '.join(parts)}."
    if point.children_to_threshold:
        said += (
            f" {plural(point.children_to_threshold, 'long journey', 'long journeys')} would have"
            " to shorten to the threshold, or leave the three years, for it to be met."
        )
    return said


def direction_words(indicator: Indicator, point: Point) -> str:
    """``better``, ``worse``, ``same``; ``higher`` or ``lower`` where no direction is set."""
    if point.change is None:
        return ""
    if is_same(point.change, indicator.decimals):
        return "same"
    if indicator.has_polarity and point.direction in {"better", "worse"}:
        return str(point.direction)
    return "higher" if point.change > 0 else "lower"


def is_same(change: float, decimals: int) -> bool:
    """Whether a change disappears at the decimals shown."""
    return abs(change) < 0.5 / 10.0**decimals


def moves_in_a_row(values: Sequence[float | None]) -> int:
    """How many of the newest changes go the same way without a break; 0 if the last is none."""
    moves: list[int] = []
    for newer, older in zip(reversed(values), list(reversed(values))[1:], strict=False):
        if newer is None or older is None or newer == older:
            break
        move = 1 if newer > older else -1
        if moves and move != moves[-1]:
            break
        moves.append(move)
    return len(moves)


def _direction_and_size(indicator: Indicator, latest: Point) -> str:
    unit, decimals = indicator.unit, indicator.decimals
    now = f"{phrase(latest.value or 0, unit, decimals)} in {latest.period_label}"
    if latest.change is None or latest.previous_value is None:
        return f"{now}; there is no earlier figure to compare it with."
    before = phrase(latest.previous_value, unit, decimals)
    if is_same(latest.change, decimals):
        return f"No change: {now}, as the period before."
    word = direction_words(indicator, latest)
    up = "up" if latest.change > 0 else "down"
    size = difference(latest.change, unit, decimals)
    return f"{word.capitalize()} than the period before: {now}, {up} {size} from {before}."


def _signal(indicator: Indicator) -> str:
    latest = indicator.latest
    if latest is None or latest.change is None or is_same(latest.change, indicator.decimals):
        return ""
    run = moves_in_a_row([point.value for point in indicator.unbroken_points])
    if run >= RUN_WORTH_SAYING:
        nth = _ORDINALS.get(run, f"{run}th")
        return f"It is the {nth} {'rise' if latest.change > 0 else 'fall'} in a row."
    return f"One period{APOSTROPHE}s change may be normal variation."


def _against(indicator: Indicator, latest: Point) -> str:
    mean = latest.neighbour_mean
    if latest.value is None or mean is None:
        return ""
    of = f"the mean of {latest.neighbour_count or 0} of 10 statistical neighbours"
    shown = phrase(mean, indicator.unit, indicator.comparator_decimals)
    gap = latest.value - mean
    if is_same(gap, indicator.comparator_decimals):
        return f"It is the same as {of}."
    return f"It is {'above' if gap > 0 else 'below'} {of}, {shown}."
