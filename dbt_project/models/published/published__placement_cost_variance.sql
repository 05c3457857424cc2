with variance as (
    select * from {{ ref('placement_cost_variance') }}
),

costs as (
    select * from {{ ref('published__placement_costs') }}
),

-- From the effects the nights could be worked out again: they go where nights of a year do.
withheld as (
    select
        area_code,
        period_label,
        placement_category
    from costs
    where status = 'suppressed'
),

judged as (
    select
        variance.*,
        withheld_now.area_code is not null or withheld_before.area_code is not null
            as is_withheld
    from variance
    left join withheld as withheld_now
        on variance.area_code = withheld_now.area_code
            and variance.period_label = withheld_now.period_label
            and variance.placement_category = withheld_now.placement_category
    left join withheld as withheld_before
        on variance.area_code = withheld_before.area_code
            and variance.previous_period_label = withheld_before.period_label
            and variance.placement_category = withheld_before.placement_category
),

shared as (
    select
        area_code,
        period_label,
        placement_category,
        case when not is_withheld then price_effect end as price_effect,
        case when not is_withheld then volume_effect end as volume_effect,
        case when not is_withheld then mix_effect end as mix_effect,
        total_change,
        previous_period_label,
        case when not is_withheld then nights end as nights,
        case when not is_withheld then previous_nights end as previous_nights,
        case when not is_withheld then children end as children,
        case when not is_withheld then previous_children end as previous_children,
        spend,
        previous_spend
    from judged
)

select * from shared
