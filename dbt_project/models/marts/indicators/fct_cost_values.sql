with figures as (
    select * from {{ ref('int_placement_costs__figures') }}
),

forecast_years as (
    select * from {{ ref('fct_placement_cost_forecast_years') }}
    where scenario = 'as_now' and placement_category = 'total' and month_count = 12
),

periods as (
    select * from {{ ref('dim_periods') }}
    where period_type = 'financial_year'
),

forecast_figures as (
    select
        'PC11' as indicator_id,
        forecast_years.area_code,
        forecast_years.period_label,
        periods.period_start,
        periods.period_end,
        forecast_years.spend as value
    from forecast_years
    inner join periods on forecast_years.period_label = periods.period_label
),

cost_values as (
    select
        indicator_id,
        area_code,
        'financial_year' as period_type,
        period_label,
        breakdown,
        breakdown_value,
        version,
        period_start,
        period_end,
        numerator,
        denominator,
        value,
        status,
        note,
        child_count
    from figures
    union all
    select
        indicator_id,
        area_code,
        'financial_year' as period_type,
        period_label,
        'total' as breakdown,
        'total' as breakdown_value,
        'provisional' as version,
        period_start,
        period_end,
        value as numerator,
        cast(null as double) as denominator,
        value,
        'final' as status,
        'A forecast: see placement_cost_forecast for its range.' as note,
        cast(null as bigint) as child_count
    from forecast_figures
)

select * from cost_values
