with forecast as (
    select * from {{ ref('int_placement_costs__forecast') }}
    where kind = 'month'
),

months as (
    select * from {{ ref('dim_periods') }}
    where period_type = 'month'
),

monthly as (
    select
        forecast.area_code,
        months.period_label,
        forecast.scenario,
        forecast.placement_category,
        forecast.children,
        forecast.spend,
        forecast.lower,
        forecast.upper,
        months.period_start,
        months.period_end,
        forecast.scenario_order,
        forecast.scenario_title,
        forecast.scenario_description
    from forecast
    inner join months on forecast.first_day = months.period_start
)

select * from monthly
