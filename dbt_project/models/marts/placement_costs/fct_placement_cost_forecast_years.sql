with forecast as (
    select * from {{ ref('int_placement_costs__forecast') }}
    where kind = 'year'
),

years as (
    select * from {{ ref('dim_periods') }}
    where period_type = 'financial_year'
),

yearly as (
    select
        forecast.area_code,
        years.period_label,
        forecast.scenario,
        forecast.placement_category,
        forecast.month_count,
        forecast.spend,
        forecast.lower,
        forecast.upper,
        forecast.scenario_order,
        forecast.scenario_title,
        forecast.scenario_description
    from forecast
    inner join years on forecast.first_day between years.period_start and years.period_end
)

select * from yearly
