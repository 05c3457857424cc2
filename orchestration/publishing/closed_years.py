"""Figures about to be published beside those in force, with what may have changed them.

What belongs here: the table a rule of the audit reads (``expectations/rules/closed_years.yml``).
What does not: the judgement, which is the rule's, and the history of changes that were published
(``revisions``). A closed year's figure changes because a delivery of a return that feeds it came,
was confirmed or was withdrawn, or because it is defined or counted in another way. One that changes
for no such reason is a fault of the warehouse.

A month or quarter counts as closed a year after it ended. Until its year is over, of whatever kind,
months to come decide with it which of the months are withheld.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from orchestration.dbt import PointInTime, code_fingerprint, dbt_vars
from orchestration.publishing.switch import publication_in_force
from orchestration.settings import Settings

SCHEMA = "published_before"
TABLE = f"{SCHEMA}.figures"

MARTS_FILE = "marts.duckdb"

_NEEDED = ("fct_indicator_values", "return_deliveries", "meta_publication")

_RESTS_ON = {
    "returned": "fct_returned_values",
    "published": "fct_published_values",
}
"""Basis of a figure to the model it comes from."""

_COSTS = "fct_cost_values"
"""Where figures are computed that are counted in no population."""

_RESIDENTS = "int_indicators__area_populations"
_RATES = frozenset({"rate", "reduction", "disproportionality"})
"""What a rate is worked out by, and the measures that are one."""

_FIGURES = f"""
create table {TABLE} as
with deliveries_since as (
    select
        coalesce(now.delivery_id, before.delivery_id) as delivery_id,
        coalesce(now.return_name, before.return_name) as return_name,
        coalesce(now.la_code, before.la_code) as la_code
    from marts.return_deliveries as now
    full join previous.return_deliveries as before on now.delivery_id = before.delivery_id
    where
        now.fate is distinct from before.fate
        -- One that is refused, or held back since it came, has changed nothing.
        and (
            now.fate in ('accepted', 'superseded', 'withdrawn')
            or before.fate in ('accepted', 'superseded')
        )
),

areas as (
    select area_code, max(la_code) as la_code from marts.dim_areas group by area_code
),

fed_since as (
    select
        feeds.indicator_id,
        feeds.basis,
        deliveries_since.la_code,
        string_agg(deliveries_since.delivery_id, ', ' order by deliveries_since.delivery_id)
            as delivery_ids
    from (select distinct * from temp.feeds) as feeds
    inner join deliveries_since on feeds.return_name = deliveries_since.return_name
    group by all
),

compared as (
    select
        before.indicator_id,
        before.area_code,
        before.period_type,
        before.period_label,
        before.breakdown,
        before.breakdown_value,
        before.version,
        before.basis,
        before.value as previous_value,
        before.status as previous_status,
        now.value,
        now.status,
        areas.la_code,
        coalesce(
            case
                when before.period_type in ('month', 'quarter')
                    then before.period_end + interval 1 year
                else before.period_end
            end < least(publication.as_at, $as_at),
            false
        ) as was_closed,
        publication.home_la_code <> $home_la_code
        or publication.small_number_limit <> $small_number_limit
        -- It left deliveries out that had come, as a report of the past does.
        or publication.as_known_at < publication.built_at
        or publication.code_fingerprint is distinct from $code_fingerprint
            as is_counted_otherwise
    from previous.fct_indicator_values as before
    cross join (select * from {{publication}}) as publication
    left join published.published__fct_indicator_values as now
        on before.indicator_id = now.indicator_id
        and before.area_code = now.area_code
        and before.period_type = now.period_type
        and before.period_label = now.period_label
        and before.breakdown = now.breakdown
        and before.breakdown_value = now.breakdown_value
        and before.version = now.version
        and before.basis = now.basis
    left join areas on before.area_code = areas.area_code
)

select
    compared.*,
    (
        select max(fed_since.delivery_ids) from fed_since
        where
            fed_since.indicator_id = compared.indicator_id
            and fed_since.basis = compared.basis
            and coalesce(fed_since.la_code = compared.la_code, true)
    ) as deliveries_since
from compared
"""


def compare_with_publication(
    settings: Settings, point: PointInTime, manifest: Mapping[str, Any]
) -> int:
    """Write ``published_before.figures``: every figure in force, and what it is about to become.

    There is no such table where there is nothing to compare with: before the first publication,
    and when the run stands for a moment of the past, which leaves deliveries out.

    Args:
        settings: Where the warehouse and the publication are; nobody else may have the warehouse
            open.
        point: What the run may know.
        manifest: dbt's manifest, by which returns are followed to the indicators they feed.

    Returns:
        How many figures were compared.
    """
    in_force = None if point.forgets else publication_in_force(settings)
    with duckdb.connect(str(settings.warehouse_file)) as warehouse:
        warehouse.execute(f"drop schema if exists {SCHEMA} cascade")
        if in_force is None:
            return 0
        path = str(in_force / MARTS_FILE).replace("'", "''")
        warehouse.execute(f"attach '{path}' as previous (read_only)")
        if not _is_comparable(warehouse):
            return 0
        warehouse.execute(f"create schema {SCHEMA}")
        warehouse.execute(
            "create temporary table feeds (indicator_id text, basis text, return_name text)"
        )
        feeds = list(_feeds(warehouse, manifest))
        if feeds:
            warehouse.executemany("insert into temp.feeds values (?, ?, ?)", feeds)
        said = dbt_vars(settings)
        warehouse.execute(
            _FIGURES.format(publication=_publication(warehouse)),
            {
                "as_at": point.as_at,
                "home_la_code": said["home_la_code"],
                "small_number_limit": said["small_number_limit"],
                "code_fingerprint": code_fingerprint(),
            },
        )
        [[figures]] = warehouse.execute(f"select count(*) from {TABLE}").fetchall()
    return int(figures)


def _is_comparable(warehouse: duckdb.DuckDBPyConnection) -> bool:
    """Whether the publication in force has figures: an early one may not have."""
    [[found]] = warehouse.execute(
        "select count(*) from duckdb_tables()"
        " where database_name = 'previous' and list_contains(?, table_name)",
        [list(_NEEDED)],
    ).fetchall()
    return bool(found == len(_NEEDED))


def _publication(warehouse: duckdb.DuckDBPyConnection) -> str:
    """What the publication in force says of itself; older ones do not say by what code."""
    found = warehouse.execute(
        "select 1 from duckdb_columns() where database_name = 'previous'"
        " and table_name = 'meta_publication' and column_name = 'code_fingerprint'"
    ).fetchone()
    if found:
        return "previous.meta_publication"
    return (
        "(select *, cast(null as varchar) as code_fingerprint from previous.meta_publication)"
        " as undated"
    )


def _feeds(
    warehouse: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """Indicator, basis and a return its figures may rest on, rather one too many."""
    lineage = _Lineage(manifest)
    for indicator_id, measure, *populations in warehouse.execute(
        "select indicator_id, measure, population, monthly_population from marts.dim_indicators"
    ).fetchall():
        counted_in = [name for name in populations if name] or [_COSTS]
        if measure in _RATES:
            counted_in.append(_RESIDENTS)
        for model in counted_in:
            for return_name in lineage.returns(model):
                yield indicator_id, "computed", return_name
        for basis, model in _RESTS_ON.items():
            for return_name in lineage.returns(model):
                yield indicator_id, basis, return_name


class _Lineage:
    """The returns each model rests on, each looked for once."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self._sources = {
            key: source["source_name"] for key, source in manifest.get("sources", {}).items()
        }
        self._parents = {
            key: node["depends_on"]["nodes"]
            for key, node in manifest["nodes"].items()
            if node["resource_type"] == "model"
        }
        self._keys = {key.rpartition(".")[2]: key for key in self._parents}
        self._found: dict[str, frozenset[str]] = {}

    def returns(self, model: str) -> frozenset[str]:
        """The returns a model of this name rests on; none if there is no such model."""
        key = self._keys.get(model)
        return self._above(key) if key else frozenset()

    def _above(self, key: str) -> frozenset[str]:
        if key in self._sources:
            return frozenset({self._sources[key]})
        if key not in self._found:
            self._found[key] = frozenset[str]().union(
                *(self._above(parent) for parent in self._parents.get(key, ()))
            )
        return self._found[key]
