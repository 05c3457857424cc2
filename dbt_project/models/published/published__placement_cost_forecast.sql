{% set limit = var('small_number_limit') | int %}

with forecast as (
    select * from {{ ref('placement_cost_forecast') }}
),

-- The first month is nearly the children of today: a category that is ever small shows none.
smallest as (
    select
        area_code,
        placement_category,
        min(children) as fewest_children,
        min(children) < {{ limit }} + 1 as is_small
    from forecast
    where placement_category <> 'total'
    group by all
),

counted as (
    select
        *,
        row_number() over (
            partition by area_code order by fewest_children, placement_category
        ) as place,
        sum(case when is_small then 1 else 0 end) over (partition by area_code) as small_ones
    from smallest
),

-- One alone could be worked out from the total: then the next smallest goes with it.
withheld as (
    select
        area_code,
        placement_category,
        is_small or (small_ones = 1 and place = 2) as is_withheld
    from counted
),

shared as (
    select
        forecast.area_code,
        forecast.period_label,
        forecast.scenario,
        forecast.placement_category,
        case when not coalesce(withheld.is_withheld, false) then forecast.children end
            as children,
        forecast.spend,
        forecast.lower,
        forecast.upper,
        forecast.period_start,
        forecast.period_end,
        forecast.scenario_order,
        forecast.scenario_title,
        forecast.scenario_description
    from forecast
    left join withheld
        on forecast.area_code = withheld.area_code
            and forecast.placement_category = withheld.placement_category
)

select * from shared
