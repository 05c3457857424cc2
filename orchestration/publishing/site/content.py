"""What the pages show, read from one publication's ``marts.duckdb``.

All questions to the database are asked here; the rest of the site works on these values.
"""

from __future__ import annotations

import datetime as dt
import itertools
import operator
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from orchestration.publishing.shareable import PublishingError
from orchestration.publishing.site.costs import Costs, read_costs

Row = TypeVar("Row")

NEEDED_TABLES = (
    "adoption_scorecard",
    "dim_areas",
    "dim_indicators",
    "fct_benchmarks",
    "fct_indicator_values",
    "figure_revisions",
    "meta_publication",
    "performance_scorecard",
    "report_tables",
    "return_deliveries",
    "validation_summary",
)


REPORT_TITLES = {
    "cypp_annual_update_2008_09": (
        "Children and Young People\N{RIGHT SINGLE QUOTATION MARK}s Plan: annual update 2008/09"
    ),
    "cypp_2010_13": "Children and Young People\N{RIGHT SINGLE QUOTATION MARK}s Plan 2010-13",
    "journey_of_the_child_2017": "Journey of the Child 2017",
    "success_for_all_annual_report_2012": "Success for All annual report 2012",
}
"""Titles of the reports; another report is called by its name."""


@dataclass(frozen=True)
class Facts:
    """The publication and the borough it is about; moments are in UTC."""

    publication_id: str
    built_at: dt.datetime
    as_at: dt.date
    as_known_at: dt.datetime
    home_la_code: str
    small_number_limit: int
    pier_version: str
    is_invented: bool
    area_code: str
    area_name: str
    region_name: str


@dataclass(frozen=True)
class Point:
    """One period of an indicator for the home authority, with its comparators."""

    indicator_id: str
    period_label: str
    period_end: dt.date
    basis: str | None
    value: float | None
    status: str | None
    numerator: float | None
    denominator: float | None
    previous_value: float | None
    change: float | None
    direction: str | None
    target: float | None
    target_status: str | None
    neighbour_mean: float | None
    neighbour_count: int | None
    region_value: float | None
    england_value: float | None
    national_rank: int | None
    ranked_authorities: int | None
    quartile: str | None


@dataclass(frozen=True)
class Part:
    """One figure worked out from the records landed: a whole, or a part of a breakdown."""

    indicator_id: str
    period_label: str
    period_end: dt.date
    breakdown: str
    breakdown_value: str
    version: str
    numerator: float | None
    denominator: float | None
    value: float | None
    status: str


@dataclass(frozen=True)
class Indicator:
    """One indicator of the catalogue and everything its page shows."""

    indicator_id: str
    family: str
    title: str
    description: str
    numerator_rule: str | None
    denominator_rule: str | None
    unit: str
    polarity: str
    decimals: int
    source_return: str | None
    owner: str | None
    guidance_reference: str | None
    outcome_area: str | None
    source_landed_at: dt.datetime | None
    statistics_landed_at: dt.datetime | None
    measure: str | None = None
    points: tuple[Point, ...] = ()
    parts: tuple[Part, ...] = ()
    spread: tuple[float, ...] = ()
    spread_period: str | None = None

    @property
    def slug(self) -> str:
        """The page's file name, without its ending."""
        return re.sub(r"[^a-z0-9]+", "-", self.indicator_id.lower()).strip("-")

    @property
    def latest(self) -> Point | None:
        """The newest period, whether it has a figure or not."""
        return self.points[-1] if self.points else None

    @property
    def is_split(self) -> bool:
        """Whether it is how a whole divides: its parts are the figures, the whole is 100 %."""
        return self.measure == "distribution"

    @property
    def has_figures(self) -> bool:
        """Whether any period has a figure, ours or a comparator's, or one that is withheld."""
        return any(
            point.status == "suppressed"
            or point.value is not None
            or point.england_value is not None
            for point in self.points
        )

    @property
    def has_polarity(self) -> bool:
        """Whether more (or fewer) is better at all."""
        return self.polarity in {"higher", "lower"}

    @property
    def comparator_decimals(self) -> int:
        """Decimals of a mean: at least one, as means of whole numbers are not whole; not pence."""
        return self.decimals if self.unit.startswith("gbp") else max(self.decimals, 1)

    @property
    def breaks(self) -> tuple[bool, ...]:
        """Whether each period does not continue the one before.

        A period is missing between them, or one is published and the other from records.
        """
        gaps = gap_flags([point.period_end for point in self.points])
        bases = [point.basis for point in self.points]
        changes = [False, *(newer != older for older, newer in itertools.pairwise(bases))]
        return tuple(map(operator.or_, gaps, changes))

    @property
    def unbroken_points(self) -> tuple[Point, ...]:
        """The newest periods that follow each other with a figure in each."""
        start = 0
        for place, (point, is_break) in enumerate(zip(self.points, self.breaks, strict=True)):
            if is_break:
                start = place
            if point.value is None:
                start = place + 1
        return self.points[start:]

    @property
    def is_published(self) -> bool:
        """Whether any of its periods comes from published statistics."""
        return any(point.basis == "published" for point in self.points)

    @property
    def totals(self) -> tuple[Part, ...]:
        """Wholes worked out from the records, oldest first."""
        return tuple(part for part in self.parts if part.breakdown == "total")

    @property
    def newest_breakdowns(self) -> dict[str, tuple[Part, ...]]:
        """The newest period's parts, by breakdown."""
        parts = [part for part in self.parts if part.breakdown != "total"]
        newest = max((part.period_end for part in parts), default=None)
        grouped: dict[str, list[Part]] = defaultdict(list)
        for part in parts:
            if part.period_end == newest:
                grouped[part.breakdown].append(part)
        return {name: tuple(sorted(rows, key=_reading_order)) for name, rows in grouped.items()}


@dataclass(frozen=True)
class Benchmark:
    """The newest period of one national measure for the home authority."""

    source: str
    measure_id: str
    measure_title: str
    topic: str | None
    unit: str | None
    polarity: str | None
    indicator_id: str | None
    source_period: str
    value: float | None
    status: str | None
    statistical_neighbour_mean: float | None
    statistical_neighbour_count: int | None
    region_value: float | None
    england_value: float | None
    change: float | None
    national_rank: int | None
    ranked_authorities: int | None
    quartile: str | None
    decimals: int | None

    @property
    def shown_decimals(self) -> int:
        """As the publisher says; where it does not, as many as its figures need, up to two."""
        if self.decimals is not None:
            return self.decimals
        figures = (self.value, self.region_value, self.england_value)
        known = [figure for figure in figures if figure is not None]
        return next(
            (
                decimals
                for decimals in (0, 1)
                if all(abs(figure - round(figure, decimals)) < 1e-9 for figure in known)
            ),
            2,
        )


@dataclass(frozen=True)
class Check:
    """The outcome of one validation rule for one return, authority and period."""

    rule_id: str
    dfe_code: str | None
    severity: str
    owner: str | None
    message: str
    return_name: str | None
    la_code: str | None
    period_label: str | None
    rows_checked: int | None
    rows_failing: int | None
    rows_new: int | None
    rows_mended: int | None
    rows_acknowledged: int | None
    outcome: str
    reason: str | None


@dataclass(frozen=True)
class Delivery:
    """One file and table sent, and what became of it."""

    delivery_id: int
    return_name: str
    la_code: str | None
    period_label: str | None
    table_name: str | None
    received_at: dt.datetime
    rows: int | None
    rejected_rows: int | None
    fate: str
    reason: str | None


@dataclass(frozen=True)
class Revision:
    """One change of a published figure."""

    indicator_id: str
    title: str
    area_name: str
    period_label: str
    breakdown: str
    breakdown_value: str
    version: str
    basis: str
    unit: str
    decimals: int
    previous_value: float | None
    new_value: float | None
    published_at: dt.datetime
    delivery_ids: str


@dataclass(frozen=True)
class Cell:
    """One cell of a table of a report; ``value`` is None where its status says why."""

    report: str
    table_id: str
    title: str
    row_order: int
    row_label: str
    column_order: int
    column_label: str
    value: float | None
    status: str
    unit: str | None
    decimals: int | None
    indicator_id: str | None
    area_code: str
    period_label: str | None
    breakdown: str | None
    breakdown_value: str | None
    version: str | None
    basis: str | None


@dataclass(frozen=True)
class ReportTable:
    """One table of a report: as many cells in each row as there are columns."""

    table_id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"table-{self.table_id.lower()}"


@dataclass(frozen=True)
class Report:
    """A report to the members of the council and its tables, in the report's order."""

    name: str
    tables: tuple[ReportTable, ...]

    @property
    def title(self) -> str:
        """What the council calls it, or its name in words."""
        return REPORT_TITLES.get(self.name, self.name.replace("_", " ").capitalize())

    @property
    def slug(self) -> str:
        """The page's file name, without its ending."""
        return self.name.replace("_", "-")

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell, table by table and row by row."""
        return tuple(cell for table in self.tables for _, cells in table.rows for cell in cells)

    @property
    def known(self) -> int:
        """How many cells have a figure."""
        return sum(cell.value is not None for cell in self.cells)


@dataclass(frozen=True)
class Scorecard:
    """One measure of the adoption scorecard for the home authority, in one three-year period."""

    measure_id: str
    title: str
    unit: str
    decimals: int
    polarity: str
    period_label: str
    period_end: dt.date
    basis: str | None
    status: str
    value: float | None
    children: int | None
    threshold: float | None
    meets_threshold: bool | None
    distance_to_threshold: float | None
    children_to_threshold: int | None
    england_value: float | None
    national_rank: int | None
    ranked_authorities: int | None
    previous_value: float | None
    change: float | None
    last_year_value: float | None
    published_value: float | None
    published_source: str | None


@dataclass(frozen=True)
class AdoptionMeasure:
    """A measure of the adoption scorecard and its three-year periods, oldest first."""

    points: tuple[Scorecard, ...]

    @property
    def latest(self) -> Scorecard:
        """The newest three years."""
        return self.points[-1]

    @property
    def shown(self) -> tuple[Scorecard, ...]:
        """The periods from the first that has a figure, a comparator, or one that is withheld."""
        known = [
            place
            for place, point in enumerate(self.points)
            if point.value is not None
            or point.england_value is not None
            or point.status == "suppressed"
        ]
        return self.points[known[0] :] if known else ()

    @property
    def has_threshold(self) -> bool:
        """Whether any of its periods is held against a threshold."""
        return any(point.threshold is not None for point in self.points)


@dataclass(frozen=True)
class Content:
    """Everything the site shows."""

    facts: Facts
    indicators: tuple[Indicator, ...]
    benchmarks: tuple[Benchmark, ...]
    checks: tuple[Check, ...]
    deliveries: tuple[Delivery, ...]
    revisions: tuple[Revision, ...]
    tables: tuple[tuple[str, str, int], ...]
    reports: tuple[Report, ...]
    costs: Costs | None
    adoption: tuple[AdoptionMeasure, ...]

    @property
    def with_figures(self) -> tuple[Indicator, ...]:
        """Indicators with a figure for a period at least, be it one that is withheld."""
        return tuple(indicator for indicator in self.indicators if indicator.has_figures)

    @property
    def without_figures(self) -> tuple[Indicator, ...]:
        """Indicators of the catalogue with a status for every period, and never a figure."""
        return tuple(
            indicator
            for indicator in self.indicators
            if not indicator.has_figures and indicator not in self.splits
        )

    @property
    def splits(self) -> tuple[Indicator, ...]:
        """Indicators that say how a whole divides, where its parts are known."""
        return tuple(
            indicator for indicator in self.indicators if indicator.is_split and indicator.parts
        )


def _reading_order(part: Part) -> tuple[bool, float, str]:
    """Ages as they grow, other parts by name, what is not known last."""
    name = part.breakdown_value
    first_number = re.search(r"\d+", name)
    number = float(first_number[0]) if first_number else 0.0
    return name == "Unknown", -1.0 if name.startswith("Under") else number, name


def gap_flags(ends: Sequence[dt.date]) -> list[bool]:
    """Whether a period is missing before each one: the step is half as long again as usual."""
    steps = [(newer - older).days for older, newer in itertools.pairwise(ends)]
    usual = min(steps, default=0)
    return [False, *(step > 1.5 * usual for step in steps)][: len(ends)]


def read_content(marts_file: Path) -> Content:
    """Read a publication.

    Args:
        marts_file: A closed ``marts.duckdb``.

    Raises:
        PublishingError: A table the pages are drawn from is not published.
    """
    with duckdb.connect(str(marts_file), read_only=True) as marts:
        present = {
            name for (name,) in marts.execute("select table_name from duckdb_tables()").fetchall()
        }
        missing = sorted(set(NEEDED_TABLES) - present)
        if missing:
            raise PublishingError(
                f"The site cannot be drawn without {', '.join(missing)}: "
                "mark it publish: whole or suppressed in its YAML, and build it."
            )
        facts = _facts(marts)
        area = {"area": facts.area_code, "la": facts.home_la_code}
        return Content(
            facts=facts,
            indicators=_indicators(marts, area),
            benchmarks=_rows(marts, Benchmark, _BENCHMARKS, area),
            checks=_rows(marts, Check, _CHECKS, {}),
            deliveries=_rows(marts, Delivery, _DELIVERIES, {}),
            revisions=_rows(marts, Revision, _REVISIONS, {}),
            tables=_tables(marts),
            reports=_reports(_rows(marts, Cell, _CELLS, {})),
            costs=read_costs(
                lambda query, given: _records(marts, query, given), present, facts.area_code
            ),
            adoption=_adoption(_rows(marts, Scorecard, _ADOPTION, area)),
        )


_FACTS = """
select
    meta_publication.*,
    dim_areas.area_code,
    dim_areas.area_name,
    coalesce(regions.area_name, 'Region') as region_name,
from meta_publication
left join dim_areas
    on
        dim_areas.la_code = meta_publication.home_la_code
        and dim_areas.area_type = 'local_authority'
left join dim_areas as regions
    on dim_areas.region_code = regions.area_code
-- An area that has changed has a row for each time: the newest is meant.
order by dim_areas.valid_from desc nulls last, regions.valid_from desc nulls last
limit 1
"""

_INDICATORS = """
select
    dim_indicators.*,
    (
        select max(received_at)
        from return_deliveries
        where
            return_deliveries.return_name = dim_indicators.source_return
            and return_deliveries.fate = 'accepted'
    ) as source_landed_at,
    (
        select max(received_at)
        from return_deliveries
        where
            return_deliveries.return_name = 'published_statistics'
            and return_deliveries.fate = 'accepted'
    ) as statistics_landed_at,
from dim_indicators
qualify row_number() over (
    partition by indicator_id order by effective_from desc nulls last
) = 1
order by outcome_area nulls last, family, title
"""

# The scorecard has the comparators; the figure's status and what it rests on are in the values.
# Where the scorecard has nothing of an indicator, its values are shown alone, of one basis only:
# figures of different bases are not one line.
_POINTS = """
with own_values as (
    select
        *,
        case basis when 'published' then 1 when 'returned' then 2 else 3 end as basis_order,
        case version when 'outturn' then 1 else 2 end as version_order,
    from fct_indicator_values
    where
        area_code = $area
        and breakdown = 'total'
        and version in ('outturn', 'provisional')
),

ends as (
    select
        indicator_id,
        period_label,
        coalesce(
            max(period_end),
            try_cast(regexp_extract(period_label, '[0-9]{4}') || '-12-31' as date)
        ) as period_end,
    from fct_indicator_values
    group by indicator_id, period_label
    having coalesce(
        max(period_end), try_cast(regexp_extract(period_label, '[0-9]{4}') || '-12-31' as date)
    ) is not null
),

scored as (
    select
        performance_scorecard.indicator_id,
        performance_scorecard.period_label,
        ends.period_end,
        own_values.basis,
        performance_scorecard.value,
        own_values.status,
        own_values.numerator,
        own_values.denominator,
        performance_scorecard.previous_value,
        performance_scorecard.change,
        performance_scorecard.direction,
        performance_scorecard.target,
        performance_scorecard.target_status,
        performance_scorecard.statistical_neighbour_mean as neighbour_mean,
        performance_scorecard.statistical_neighbour_count as neighbour_count,
        performance_scorecard.region_value,
        performance_scorecard.england_value,
        performance_scorecard.national_rank,
        performance_scorecard.ranked_authorities,
        performance_scorecard.quartile,
    from performance_scorecard
    inner join ends
        on
            performance_scorecard.indicator_id = ends.indicator_id
            and performance_scorecard.period_label = ends.period_label
    left join own_values
        on
            performance_scorecard.indicator_id = own_values.indicator_id
            and performance_scorecard.period_label = own_values.period_label
            and performance_scorecard.value is not distinct from own_values.value
    qualify row_number() over (
        partition by performance_scorecard.indicator_id, performance_scorecard.period_label
        order by own_values.basis_order nulls last, own_values.version_order
    ) = 1
),

alone as (
    select
        indicator_id,
        period_label,
        period_end,
        basis,
        value,
        status,
        numerator,
        denominator,
        lag(value) over (partition by indicator_id order by period_end) as previous_value,
        value - lag(value) over (partition by indicator_id order by period_end) as change,
    from (
        select *
        from own_values
        where
            indicator_id not in (select scored.indicator_id from scored)
            and period_end is not null
        qualify
            basis_order = min(basis_order) over (partition by indicator_id)
            and row_number() over (
                partition by indicator_id, basis_order, period_label
                order by version_order, period_type
            ) = 1
    )
)

select * from scored
union all by name
select * from alone
order by indicator_id, period_end
"""

_PARTS = """
select
    indicator_id,
    period_label,
    period_end,
    breakdown,
    breakdown_value,
    version,
    numerator,
    denominator,
    value,
    status,
from fct_indicator_values
where area_code = $area and basis = 'computed' and version in ('outturn', 'provisional')
order by indicator_id, period_end, breakdown, breakdown_value
"""

# Every authority's figure in the newest period the home authority has one, for the spread.
_SPREADS = """
with measures as (
    select
        indicator_id,
        source,
        measure_id,
        measure_title,
        max(source_period) as source_period,
        max_by(period_label, source_period) as period_label,
    from fct_benchmarks
    where area_code = $area and value is not null and indicator_id is not null
    group by indicator_id, source, measure_id, measure_title
    qualify row_number() over (
        partition by indicator_id order by source desc, measure_id, measure_title
    ) = 1
)

select
    measures.indicator_id,
    measures.period_label,
    list(fct_benchmarks.value order by fct_benchmarks.value) as figures,
from measures
inner join fct_benchmarks
    using (source, measure_id, measure_title, source_period)
inner join (select distinct area_code from dim_areas where area_type = 'local_authority')
    using (area_code)
where fct_benchmarks.value is not null
group by all
"""

_BENCHMARKS = """
select *
from fct_benchmarks
where area_code = $area
qualify row_number() over (
    partition by source, measure_id, measure_title
    order by value is not null desc, source_period desc
) = 1
order by topic nulls last, measure_title, source
"""

_CHECKS = """
select *
from validation_summary
order by
    case outcome when 'crashed' then 1 when 'failed' then 2 when 'skipped' then 3 else 4 end,
    case severity when 'critical' then 1 when 'error' then 2 else 3 end,
    owner,
    rows_failing desc,
    rule_id,
    period_label
"""

_DELIVERIES = "select * from return_deliveries order by received_at desc, delivery_id desc"

_REVISIONS = """
select
    figure_revisions.*,
    coalesce(indicators.title, figure_revisions.indicator_id) as title,
    coalesce(indicators.unit, '') as unit,
    coalesce(indicators.decimals, 1) as decimals,
    coalesce(areas.area_name, figure_revisions.area_code) as area_name,
from figure_revisions
left join (
    select indicator_id, title, unit, decimals
    from dim_indicators
    qualify row_number() over (
        partition by indicator_id order by effective_from desc nulls last
    ) = 1
) as indicators using (indicator_id)
left join (
    select area_code, max(area_name) as area_name from dim_areas group by all
) as areas using (area_code)
order by published_at desc, title, period_label, area_name, breakdown, breakdown_value
"""


_CELLS = """
select *
from report_tables
order by report desc, table_order, table_id, row_order, column_order
"""


# A1, A2, A3, A10 … as their numbers go.
_ADOPTION = """
select *
from adoption_scorecard
where area_code = $area
order by try_cast(substr(measure_id, 2) as integer), measure_id, period_end
"""


def _adoption(rows: Iterable[Scorecard]) -> tuple[AdoptionMeasure, ...]:
    """Each measure with its periods; one that never had a figure is left out."""
    measures = (
        AdoptionMeasure(tuple(points))
        for _, points in itertools.groupby(rows, lambda row: row.measure_id)
    )
    return tuple(measure for measure in measures if measure.shown)


def _reports(cells: Iterable[Cell]) -> tuple[Report, ...]:
    """Cells in their order, gathered to tables and reports."""
    return tuple(
        Report(
            name,
            tuple(
                _report_table(tuple(of_table))
                for _, of_table in itertools.groupby(of_report, lambda cell: cell.table_id)
            ),
        )
        for name, of_report in itertools.groupby(cells, lambda cell: cell.report)
    )


def _report_table(cells: Sequence[Cell]) -> ReportTable:
    rows = tuple(
        (label, tuple(of_row))
        for (_, label), of_row in itertools.groupby(
            cells, lambda cell: (cell.row_order, cell.row_label)
        )
    )
    columns = tuple(cell.column_label for cell in rows[0][1])
    return ReportTable(cells[0].table_id, cells[0].title, columns, rows)


def _facts(marts: duckdb.DuckDBPyConnection) -> Facts:
    facts = _rows(marts, Facts, _FACTS, {})[0]
    if facts.area_code is None:
        raise PublishingError(
            f"The home authority {facts.home_la_code} is not a local authority of dim_areas."
        )
    return facts


def _indicators(marts: duckdb.DuckDBPyConnection, area: Mapping[str, str]) -> tuple[Indicator, ...]:
    own = {"area": area["area"]}
    points = _by_indicator(_rows(marts, Point, _POINTS, own))
    parts = _by_indicator(_rows(marts, Part, _PARTS, own))
    spreads = {
        indicator: (period, tuple(figures))
        for indicator, period, figures in marts.execute(_SPREADS, own).fetchall()
    }
    indicators = []
    for record in _records(marts, _INDICATORS, {}):
        name = record["indicator_id"]
        period, spread = spreads.get(name, (None, ()))
        given = {
            field.name: record[field.name] for field in fields(Indicator) if field.name in record
        }
        indicators.append(
            Indicator(
                **given,
                # The whole of a split is always 100 %: no figure to show or to compare.
                points=()
                if record.get("measure") == "distribution"
                else tuple(points.get(name, ())),
                parts=tuple(parts.get(name, ())),
                spread=spread,
                spread_period=period,
            )
        )
    return tuple(indicators)


def _tables(marts: duckdb.DuckDBPyConnection) -> tuple[tuple[str, str, int], ...]:
    tables = marts.execute(
        "select table_name, coalesce(comment, '') from duckdb_tables() order by all"
    ).fetchall()
    return tuple(
        (name, comment, marts.execute(f'select count(*) from "{name}"').fetchall()[0][0])
        for name, comment in tables
    )


def _by_indicator(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.indicator_id].append(row)  # type: ignore[attr-defined]
    return grouped


def _rows(
    marts: duckdb.DuckDBPyConnection,
    kind: type[Row],
    query: str,
    parameters: Mapping[str, str],
) -> tuple[Row, ...]:
    """A query's rows as values of one class, whose fields are taken from columns of their name."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    used = {name: value for name, value in parameters.items() if f"${name}" in query}
    return tuple(
        kind(**{name: record[name] for name in names}) for record in _records(marts, query, used)
    )


def _records(
    marts: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, str]
) -> list[dict[str, Any]]:
    result = marts.execute(query, dict(parameters))
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
