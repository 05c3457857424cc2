with computed as (
    select * from {{ ref('fct_computed_values') }}
),

published as (
    select * from {{ ref('fct_published_values') }}
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

population_periods as (
    select * from {{ ref('int_indicators__population_periods') }}
),

periods as (
    select * from {{ ref('dim_periods') }}
),

computed_figures as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        breakdown,
        breakdown_value,
        'outturn' as version,
        'computed' as basis,
        period_start,
        period_end,
        numerator,
        denominator,
        value,
        status,
        note
    from computed
),

published_figures as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        'total' as breakdown,
        'total' as breakdown_value,
        'outturn' as version,
        'published' as basis,
        period_start,
        period_end,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        value,
        status,
        note
    from published
),

landed_years as (
    select distinct
        area_code,
        period_label
    from population_periods
),

-- An indicator that nothing gives a figure for in a year landed says so.
without_figure as (
    select
        indicators.indicator_id,
        landed_years.area_code,
        indicators.period_type,
        landed_years.period_label,
        'total' as breakdown,
        'total' as breakdown_value,
        'outturn' as version,
        'published' as basis,
        periods.period_start,
        periods.period_end,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        cast(null as double) as value,
        'not_available' as status,
        'Neither records nor published statistics give this figure.' as note
    from indicators
    cross join landed_years
    left join periods
        on indicators.period_type = periods.period_type
        and landed_years.period_label = periods.period_label
    left join published
        on indicators.indicator_id = published.indicator_id
        and landed_years.area_code = published.area_code
        and landed_years.period_label = published.period_label
    where
        indicators.population is null
        and indicators.period_type in ('financial_year', 'academic_year', 'snapshot')
        and published.indicator_id is null
),

figures as (
    select * from computed_figures
    union all
    select * from published_figures
    union all
    select * from without_figure
)

select * from figures
