with computed as (
    select * from {{ ref('fct_computed_values') }}
),

published as (
    select * from {{ ref('fct_published_values') }}
),

returned as (
    select * from {{ ref('fct_returned_values') }}
),

costs as (
    select * from {{ ref('fct_cost_values') }}
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

returned_figures as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        breakdown,
        breakdown_value,
        version,
        'returned' as basis,
        period_start,
        period_end,
        numerator,
        denominator,
        value,
        status,
        note
    from returned
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

cost_figures as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        breakdown,
        breakdown_value,
        version,
        'computed' as basis,
        period_start,
        period_end,
        numerator,
        denominator,
        value,
        status,
        note
    from costs
),

landed_years as (
    select distinct
        population_periods.area_code,
        financial_years.period_label,
        financial_years.period_start,
        financial_years.period_end
    from population_periods
    inner join periods as financial_years
        on population_periods.period_label = financial_years.period_label
    where financial_years.period_type = 'financial_year'
),

-- The period of each kind that a landed year stands for: the one of its label; the calendar year
-- and the three years that end in it.
expected_figures as (
    select
        indicators.indicator_id,
        case when indicators.population is null then 'published' else 'computed' end as basis,
        landed_years.area_code,
        indicators.period_type,
        periods.period_label,
        periods.period_start,
        periods.period_end
    from indicators
    inner join periods on indicators.period_type = periods.period_type
    inner join landed_years
        on periods.period_label = landed_years.period_label
            or (
                periods.period_type = 'calendar_year'
                and periods.period_end > landed_years.period_start
                and periods.period_end <= landed_years.period_end
            )
            or (
                periods.period_type = 'three_year'
                and periods.period_end = landed_years.period_end
            )
    where
        periods.period_end >= coalesce(indicators.effective_from, periods.period_end)
        and periods.period_start <= coalesce(indicators.effective_to, periods.period_start)
),

-- An indicator that holds and that nothing gives a figure for in a year landed says so.
without_figure as (
    select
        expected_figures.indicator_id,
        expected_figures.area_code,
        expected_figures.period_type,
        expected_figures.period_label,
        'total' as breakdown,
        'total' as breakdown_value,
        'outturn' as version,
        expected_figures.basis,
        expected_figures.period_start,
        expected_figures.period_end,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        cast(null as double) as value,
        'not_available' as status,
        'No records, owner or published statistics give this figure.' as note
    from expected_figures
    left join published
        on expected_figures.indicator_id = published.indicator_id
            and expected_figures.area_code = published.area_code
            and expected_figures.period_label = published.period_label
    left join returned
        on expected_figures.indicator_id = returned.indicator_id
            and expected_figures.area_code = returned.area_code
            and expected_figures.period_label = returned.period_label
            and returned.breakdown = 'total'
            and returned.version = 'outturn'
    left join computed
        on expected_figures.indicator_id = computed.indicator_id
            and expected_figures.area_code = computed.area_code
            and expected_figures.period_label = computed.period_label
            and computed.breakdown = 'total'
    left join costs
        on expected_figures.indicator_id = costs.indicator_id
            and expected_figures.area_code = costs.area_code
            and expected_figures.period_label = costs.period_label
            and costs.breakdown = 'total'
            and costs.version = 'outturn'
    where
        published.indicator_id is null
        and returned.indicator_id is null
        and computed.indicator_id is null
        and costs.indicator_id is null
),

figures as (
    select * from computed_figures
    union all
    select * from returned_figures
    union all
    select * from published_figures
    union all
    select * from cost_figures
    union all
    select * from without_figure
)

select * from figures
