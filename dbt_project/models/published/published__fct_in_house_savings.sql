{% set limit = var('small_number_limit') | int %}

with savings as (
    select * from {{ ref('fct_in_house_savings') }}
),

judged as (
    select
        *,
        coalesce(children_looked_after between 1 and {{ limit }}, false)
        or coalesce(children_in_house between 1 and {{ limit }}, false)
        or coalesce(children_looked_after - children_in_house between 1 and {{ limit }}, false)
        or coalesce(carers_on_31_march between 1 and {{ limit }}, false) as is_withheld
    from savings
),

shared as (
    select
        area_code,
        period_label,
        case when not is_withheld then children_looked_after end as children_looked_after,
        case when not is_withheld then children_in_house end as children_in_house,
        case when not is_withheld then in_house_pct end as in_house_pct,
        case when not is_withheld then in_house_nights_pct end as in_house_nights_pct,
        case when not is_withheld then in_house_fostering_nights_pct end
            as in_house_fostering_nights_pct,
        case when not is_withheld then in_house_weekly_cost end as in_house_weekly_cost,
        case when not is_withheld then pvi_weekly_cost end as pvi_weekly_cost,
        case when not is_withheld then saving_per_child_week end as saving_per_child_week,
        case when not is_withheld then carers_on_31_march end as carers_on_31_march,
        case when not is_withheld then children_per_carer end as children_per_carer,
        case when not is_withheld then saving_per_carer_year end as saving_per_carer_year
    from judged
)

select * from shared
