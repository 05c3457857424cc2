{% set limit = var('small_number_limit') | int %}

with forecast as (
    select * from {{ ref('placement_cost_forecast') }}
),

-- The first month is nearly the children of today: a category that is ever small shows none.
smallest as (
    select
        area_code,
        placement_category,
        min(children) as fewest_children
    from forecast
    where placement_category <> 'total'
    group by all
),

-- One alone could be worked out from the total: then the next smallest goes with it.
withheld as (
    select
        area_code,
        placement_category,
        fewest_children < {{ limit }} + 1
        or row_number() over (partition by area_code order by fewest_children) = 2
        and count(*) filter (where fewest_children < {{ limit }} + 1)
            over (partition by area_code) = 1 as is_withheld
    from smallest
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
