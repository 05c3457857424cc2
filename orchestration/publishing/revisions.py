"""What changed since the publication before: the history of every published figure.

Only what was published is compared with what is published: a figure that was withheld is a
figure without a number here too, so the history gives nothing away.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.publishing.export import describe
from orchestration.publishing.shareable import REVISIONS_TABLE

COLUMNS = {
    "indicator_id": ("varchar", "The indicator."),
    "area_code": ("varchar", "The area."),
    "period_type": ("varchar", "What kind of period."),
    "period_label": ("varchar", "The period the figure is of."),
    "breakdown": ("varchar", "What the figure is broken down by; total for the whole."),
    "breakdown_value": ("varchar", "The part of the breakdown."),
    "version": ("varchar", "outturn, provisional or target."),
    "basis": ("varchar", "computed, returned or published."),
    "previous_value": ("double", "The figure as last published; null if it was withheld."),
    "new_value": ("double", "The figure now; null if it is withheld, or no longer published."),
    "published_at": ("timestamp", "When the change was published (UTC)."),
    "delivery_ids": (
        "varchar",
        "Deliveries since the publication before that can have changed it (ids with commas, "
        "smallest first); empty when none did, so that the change lies in a rule.",
    ),
}

# Sums of fractions may differ in the last place from one run to the next: that is no revision.
_SAME_NUMBER = """(
    current_figure.value is not distinct from previous_figure.value
    or abs(current_figure.value - previous_figure.value)
        <= 1e-9 * greatest(1, abs(current_figure.value), abs(previous_figure.value))
)"""

# A figure first appears, vanishes, is withheld or is a different number. Only the first is no
# revision: nothing that was published has changed.
_CHANGES = f"""
with current_figures as (
    select * from fct_indicator_values
),

previous_figures as (
    select * from previous.fct_indicator_values
),

deliveries_since as (
    select
        current_delivery.return_name,
        current_delivery.la_code,
        current_delivery.delivery_id,
    from return_deliveries as current_delivery
    left join previous.return_deliveries as previous_delivery using (delivery_id)
    where
        current_delivery.fate is distinct from previous_delivery.fate
        and (
            current_delivery.fate = 'withdrawn'
            or (
                current_delivery.fate in ('accepted', 'superseded')
                and previous_delivery.delivery_id is null
            )
        )
),

changed as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        breakdown,
        breakdown_value,
        version,
        basis,
        previous_figure.value as previous_value,
        current_figure.value as new_value,
    from previous_figures as previous_figure
    left join current_figures as current_figure
        using (
            indicator_id, area_code, period_type, period_label, breakdown, breakdown_value,
            version, basis
        )
    where
        (previous_figure.value is not null or previous_figure.status = 'suppressed')
        and not coalesce({_SAME_NUMBER}, false)
),

sent_by as (
    select
        changed.*,
        areas.la_code,
        case changed.basis
            when 'published' then 'published_statistics'
            when 'returned' then 'indicator_figures'
            else indicators.source_return
        end as return_name,
    from changed
    left join (select distinct indicator_id, source_return from dim_indicators) as indicators
        using (indicator_id)
    left join (select distinct area_code, la_code from dim_areas) as areas using (area_code)
)

select
    sent_by.* exclude (la_code, return_name),
    cast(? as timestamp) as published_at,
    (
        select coalesce(string_agg(deliveries_since.delivery_id, ', ' order by delivery_id), '')
        from deliveries_since
        where
            deliveries_since.return_name = sent_by.return_name
            and (deliveries_since.la_code is null or deliveries_since.la_code = sent_by.la_code)
    ) as delivery_ids,
from sent_by
"""

_NEEDED = ("fct_indicator_values", "return_deliveries", REVISIONS_TABLE)


def write_revisions(
    connection: duckdb.DuckDBPyConnection, previous_marts: Path | None, published_at: object
) -> None:
    """Write ``figure_revisions``: the history so far and what this publication changes.

    Args:
        connection: Writes the new publication; its marts are already there.
        previous_marts: ``marts.duckdb`` of the publication in force, or None if there is none.
        published_at: When the new publication is built (UTC, naive).
    """
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in COLUMNS.items())
    connection.execute(f"create table {REVISIONS_TABLE} ({columns})")
    if previous_marts is not None:
        path = str(previous_marts).replace("'", "''")
        connection.execute(f"attach '{path}' as previous (read_only)")
        if _has_figures(connection):
            connection.execute(
                f"insert into {REVISIONS_TABLE} by name from previous.{REVISIONS_TABLE}"
            )
            connection.execute(
                f"insert into {REVISIONS_TABLE} by name ({_CHANGES}) order by all", [published_at]
            )
        connection.execute("detach previous")
    describe(
        connection,
        REVISIONS_TABLE,
        "One row per change of a published figure, oldest publication first.",
        {name: meaning for name, (_, meaning) in COLUMNS.items()},
    )


def _has_figures(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the publication before published figures at all: an early one may not have."""
    found = connection.execute(
        "select count(*) from duckdb_tables() "
        "where database_name = 'previous' and table_name in (select unnest(?))",
        [list(_NEEDED)],
    ).fetchall()
    return bool(found[0][0] == len(_NEEDED))
