-- A withheld count of events must not come back from the periods around it: from a quarter and its
-- other two months, from a year and its other three quarters, or from months that add up to it.
-- Looks only at what is published.
with figures as (
    select * from {{ ref('published__fct_indicator_values') }}
    where basis = 'computed' and version = 'outturn' and breakdown = 'total'
),

indicators as (
    select * from {{ ref('dim_indicators') }}
    where is_monthly and monthly_population is null and measure in ('count', 'percent', 'rate')
),

periods as (
    select * from {{ ref('dim_periods') }}
),

parts as (
    select
        figures.indicator_id,
        figures.area_code,
        coalesce(periods.quarter_label, periods.year_label) as whole_label,
        count(*) as part_count,
        count(*) filter (where figures.status = 'suppressed') as withheld_parts
    from figures
    inner join indicators on figures.indicator_id = indicators.indicator_id
    inner join periods
        on figures.period_type = periods.period_type and figures.period_label = periods.period_label
    where figures.period_type in ('month', 'quarter')
    group by all
)

select
    parts.indicator_id,
    parts.area_code,
    parts.whole_label,
    parts.withheld_parts
from parts
inner join figures as wholes
    on parts.indicator_id = wholes.indicator_id
        and parts.area_code = wholes.area_code
        and parts.whole_label = wholes.period_label
where
    parts.part_count in (3, 4)
    and (
        (wholes.status <> 'suppressed' and parts.withheld_parts = 1)
        or (wholes.status = 'suppressed' and parts.withheld_parts = 0)
    )
