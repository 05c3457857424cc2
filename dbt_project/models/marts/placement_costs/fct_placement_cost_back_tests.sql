with forecast as (
    select * from {{ ref('int_placement_costs__forecast') }}
    where kind = 'back_test'
),

years as (
    select * from {{ ref('dim_periods') }}
    where period_type = 'financial_year'
),

back_tests as (
    select
        forecast.area_code,
        years.period_label,
        forecast.placement_category,
        forecast.spend,
        forecast.lower,
        forecast.upper,
        forecast.actual,
        forecast.naive,
        forecast.actual between forecast.lower and forecast.upper as is_within_range
    from forecast
    inner join years on forecast.first_day = years.period_start
)

select * from back_tests
