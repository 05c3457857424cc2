"""The pages: which there are, what each is given, and the CSV beside it."""

from __future__ import annotations

import csv
import functools
import io
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration.forecasting.scenarios import load_plan
from orchestration.publishing.site import charts, costs, sentences, wording
from orchestration.publishing.site.content import (
    AdoptionMeasure,
    Content,
    Delivery,
    Indicator,
    Point,
    gap_flags,
    read_content,
)

_TEMPLATES = Path(__file__).parent / "templates"
_NO_AREA = "Other measures"

_SERIES = (
    ("ours", "value"),
    ("neighbours", "neighbour_mean"),
    ("region", "region_value"),
    ("england", "england_value"),
)


@dataclass(frozen=True)
class Page:
    """One page to write: its path in the site, its template and what only it is given."""

    path: str
    template: str
    given: dict[str, Any]


def build_site(marts_file: Path, folder: Path) -> int:
    """Write the site of one publication.

    Args:
        marts_file: The publication's closed ``marts.duckdb``.
        folder: Where the site goes; it does not exist yet.

    Returns:
        The number of pages.

    Raises:
        PublishingError: A table the pages are drawn from is not published.
    """
    content = read_content(marts_file)
    (folder / "indicators").mkdir(parents=True)
    (folder / "reports").mkdir()
    environment = _environment()
    shared = {"content": content, "facts": content.facts}
    pages = list(_pages(content))
    for page in pages:
        # Pages in a folder reach the others through their parent; every link is relative.
        up = "../" * page.path.count("/")
        html = environment.get_template(page.template).render(
            page=page, up=up, **shared, **page.given
        )
        (folder / page.path).write_text(html, encoding="utf-8", newline="\n")
    for path, rows in _downloads(content):
        (folder / path).write_text(_csv(rows), encoding="utf-8-sig", newline="")
    return len(pages)


@functools.cache
def _environment() -> Environment:
    """The templates, compiled once in a process, and what they may call."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": wording.day,
        "moment": wording.moment,
        "heading": wording.heading,
    }
    environment.globals |= {
        "cell": wording.cell,
        "phrase": wording.phrase,
        "difference": wording.difference,
        "number": wording.number,
        "symbol": wording.symbol,
        "status_words": wording.status_words,
        "plural": wording.plural,
        "unit_of": wording.unit_of,
        "finding": sentences.finding,
        "adoption_finding": sentences.adoption_finding,
        "direction_words": sentences.direction_words,
        "is_same": sentences.is_same,
        "sparkline": _sparkline,
        "pounds": costs.pounds,
    }
    return environment


def _pages(content: Content) -> Iterable[Page]:
    yield Page("index.html", "index.html", _index(content))
    yield Page("benchmarks.html", "benchmarks.html", _benchmarks(content))
    yield Page("validation.html", "validation.html", _validation(content))
    yield Page("deliveries.html", "deliveries.html", {})
    yield Page("revisions.html", "revisions.html", {})
    yield Page("about.html", "about.html", {"symbols": _symbols()})
    if content.adoption:
        yield Page("adoption.html", "adoption.html", _adoption(content))
    if content.costs:
        yield from _costs(content.costs)
    for report in content.reports:
        yield Page(f"reports/{report.slug}.html", "report.html", {"report": report})
    for indicator in content.indicators:
        yield Page(
            f"indicators/{indicator.slug}.html", "indicator.html", _indicator(content, indicator)
        )


def _costs(known: costs.Costs) -> Iterable[Page]:
    yield Page(
        "costs.html",
        "costs.html",
        {
            "costs": known,
            "charts": costs.forecast_charts(known),
            "names": costs.NAMES,
            "bases": costs.BASES,
            "provider_names": costs.PROVIDERS,
            "files": costs.downloads(known),
            "total": costs.total,
        },
    )
    yield Page(
        "costs-method.html",
        "costs-method.html",
        {"costs": known, "simulations": load_plan().simulations},
    )


def _index(content: Content) -> dict[str, Any]:
    def area(indicator: Indicator) -> str:
        return indicator.outcome_area or wording.heading(indicator.family) or _NO_AREA

    groups: dict[str, list[Indicator]] = {}
    for indicator in content.with_figures:
        groups.setdefault(area(indicator), []).append(indicator)
    words = Counter(
        sentences.direction_words(indicator, indicator.points[-1])
        for indicator in content.with_figures
    )
    return {"groups": groups, "words": words}


def _adoption(content: Content) -> dict[str, Any]:
    linked = {indicator.indicator_id: indicator.slug for indicator in content.indicators}
    return {
        "charts": {
            measure.latest.measure_id: _adoption_charts(content, measure)
            for measure in content.adoption
            if measure.has_threshold
        },
        "slugs": linked,
    }


def _adoption_charts(content: Content, measure: AdoptionMeasure) -> list[charts.LineChart]:
    """The trend over the three-year periods, with its threshold and England."""
    points = measure.shown
    if sum(point.value is not None for point in points) < 2:
        return []
    unit, decimals = measure.latest.unit, measure.latest.decimals

    def label(value: float) -> str:
        return wording.cell(value, unit, decimals)

    lines = [
        charts.Line(key, name, short_name, tuple(getattr(one, field) for one in points), label)
        for key, field, name, short_name in (
            ("ours", "value", content.facts.area_name, "Ours"),
            ("threshold", "threshold", "Threshold", "Threshold"),
            ("england", "england_value", "England", "England"),
        )
        if any(getattr(one, field) is not None for one in points)
    ]
    ends = [point.period_end for point in points]
    return [
        charts.line_chart(
            ends, [point.period_label for point in points], gap_flags(ends), lines, frame, label
        )
        for frame in (charts.WIDE, charts.NARROW)
    ]


def _benchmarks(content: Content) -> dict[str, Any]:
    return {
        "topics": sorted({benchmark.topic or "Other" for benchmark in content.benchmarks}),
        "slugs": {indicator.indicator_id: indicator.slug for indicator in content.indicators},
    }


def _validation(content: Content) -> dict[str, Any]:
    outcomes = Counter(check.outcome for check in content.checks)
    by_owner: dict[str, Counter[str]] = {}
    for check in content.checks:
        counts = by_owner.setdefault(check.owner or "no owner", Counter())
        counts[check.outcome] += 1
        counts["new"] += check.rows_new or 0
        counts["mended"] += check.rows_mended or 0
        counts["acknowledged"] += check.rows_acknowledged or 0
        if check.outcome == "failed":
            counts["rows"] += check.rows_failing or 0
    return {
        "outcomes": outcomes,
        "by_owner": dict(sorted(by_owner.items())),
        "held": _held(content),
    }


def _held(content: Content) -> list[Delivery]:
    """Deliveries held back that no later one has taken the place of."""
    in_force: dict[tuple[str | None, ...], int] = {}
    for delivery in content.deliveries:
        if delivery.fate == "accepted":
            key = _place(delivery)
            in_force[key] = max(delivery.delivery_id, in_force.get(key, 0))
    return [
        delivery
        for delivery in content.deliveries
        if delivery.fate == "held" and delivery.delivery_id > in_force.get(_place(delivery), 0)
    ]


def _place(delivery: Delivery) -> tuple[str | None, ...]:
    return (delivery.return_name, delivery.la_code, delivery.period_label, delivery.table_name)


def _symbols() -> list[tuple[str, str]]:
    return sorted({(symbol.letter, symbol.words) for symbol in wording.SYMBOLS.values()})


def _indicator(content: Content, indicator: Indicator) -> dict[str, Any]:
    return {
        "indicator": indicator,
        "charts": _trend(content, indicator),
        "spreads": _spreads(indicator),
        "columns": _comparators(content, indicator),
    }


def _comparators(content: Content, indicator: Indicator) -> list[tuple[str, str, str, str]]:
    """Key, field, name and short name of each series that has a figure at all."""
    names = {
        "ours": (content.facts.area_name, "Ours"),
        "neighbours": (f"Neighbours{wording.APOSTROPHE} mean", "Neighbours"),
        "region": (content.facts.region_name, "Region"),
        "england": ("England", "England"),
    }
    return [
        (key, field, *names[key])
        for key, field in _SERIES
        if key == "ours" or any(getattr(point, field) is not None for point in indicator.points)
    ]


def _trend(content: Content, indicator: Indicator) -> list[charts.LineChart]:
    points = indicator.points
    if sum(point.value is not None for point in points) < 2:
        return []
    lines = []
    for key, field, name, short_name in _comparators(content, indicator):
        decimals = indicator.comparator_decimals if key == "neighbours" else indicator.decimals

        def label(value: float, decimals: int = decimals) -> str:
            return wording.cell(value, indicator.unit, decimals)

        values = tuple(getattr(point, field) for point in points)
        lines.append(charts.Line(key, name, short_name, values, label))
    known = [value for line in lines for value in line.values if value is not None]
    return [
        charts.line_chart(
            [point.period_end for point in points],
            [point.period_label for point in points],
            indicator.breaks,
            lines,
            frame,
            _axis_label(indicator, known),
        )
        for frame in (charts.WIDE, charts.NARROW)
    ]


def _spreads(indicator: Indicator) -> list[charts.Spread]:
    latest = indicator.latest
    if latest is None or latest.value is None or indicator.spread_period != latest.period_label:
        return []
    label = _axis_label(indicator, [*indicator.spread, latest.value])
    return [
        charts.spread(indicator.spread, latest.value, frame, label)
        for frame in (charts.SPREAD_WIDE, charts.SPREAD_NARROW)
    ]


def _axis_label(indicator: Indicator, values: Sequence[float]) -> charts.Labeller:
    decimals = charts.tick_decimals(charts.value_ticks(min(values), max(values)))
    return lambda value: wording.cell(value, indicator.unit, decimals)


def _sparkline(indicator: Indicator) -> charts.LineChart | None:
    points = indicator.points
    if sum(point.value is not None for point in points) < 2:
        return None
    lines = [
        charts.Line(key, "", "", tuple(getattr(point, field) for point in points), str)
        for key, field in _SERIES[:2]
    ]
    ends = [point.period_end for point in points]
    return charts.line_chart(ends, [""] * len(ends), indicator.breaks, lines, charts.SPARK, str)


def _downloads(content: Content) -> Iterable[tuple[str, Iterable[Sequence[Any]]]]:
    yield "scorecard.csv", _point_rows(content, content.with_figures, newest_only=True)
    for indicator in content.indicators:
        yield f"indicators/{indicator.slug}.csv", _indicator_rows(content, indicator)
    if content.adoption:
        points = [point for measure in content.adoption for point in measure.shown]
        yield "adoption.csv", _record_rows(points)
    if content.costs:
        yield from costs.downloads(content.costs)
    for report in content.reports:
        yield f"reports/{report.slug}.csv", _record_rows(report.cells)
    for name, rows in (
        ("benchmarks", content.benchmarks),
        ("validation", content.checks),
        ("deliveries", content.deliveries),
        ("revisions", content.revisions),
    ):
        yield f"{name}.csv", _record_rows(rows)


_CSV_COLUMNS = (
    "indicator_id",
    "title",
    "period_label",
    "area",
    "breakdown",
    "breakdown_value",
    "table",
    "numerator",
    "denominator",
    "value",
    "status",
    "unit",
)


def _indicator_rows(content: Content, indicator: Indicator) -> Iterable[Sequence[Any]]:
    yield from _point_rows(content, [indicator], newest_only=False)
    for part in indicator.parts:
        yield (
            indicator.indicator_id,
            indicator.title,
            part.period_label,
            content.facts.area_name,
            part.breakdown,
            part.breakdown_value,
            "records",
            part.numerator,
            part.denominator,
            part.value,
            part.status,
            indicator.unit,
        )


def _point_rows(
    content: Content, indicators: Iterable[Indicator], *, newest_only: bool
) -> Iterable[Sequence[Any]]:
    """A line for each figure on the page: a tidy table, a status beside each null number."""
    yield _CSV_COLUMNS
    for indicator in indicators:
        points = indicator.points[-1:] if newest_only else indicator.points
        columns = _comparators(content, indicator)
        for point, (key, field, name, _) in itertools.product(points, columns):
            yield _point_row(indicator, point, key, field, name)


def _point_row(
    indicator: Indicator, point: Point, key: str, field: str, name: str
) -> Sequence[Any]:
    value = getattr(point, field)
    ours = key == "ours"
    missing = point.status or "not_available" if ours else "not_available"
    return (
        indicator.indicator_id,
        indicator.title,
        point.period_label,
        name,
        "total",
        "total",
        "scorecard",
        point.numerator if ours else None,
        point.denominator if ours else None,
        value,
        missing if value is None else "final",
        indicator.unit,
    )


def _record_rows(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    if rows:
        names = list(rows[0].__dataclass_fields__)
        yield names
        for row in rows:
            yield [getattr(row, name) for name in names]


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([_harmless(value) for value in row] for row in rows)
    return text.getvalue()


def _harmless(value: object) -> object:
    """Text that a spreadsheet would run as a formula, made text again."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value
