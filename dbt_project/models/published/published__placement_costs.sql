{% set limit = var('small_number_limit') | int %}

with costs as (
    select * from {{ ref('placement_costs') }}
),

-- PC3 publishes the weeks in both kinds of homes together: one kind withheld takes the other along.
homes as (
    select
        area_code,
        period_label,
        bool_or(children between 1 and {{ limit }}) as has_small_kind
    from costs
    where placement_category in ('residential', 'secure')
    group by
        area_code,
        period_label
),

counts as (
    select
        'placement_costs' as population,
        'children' as set_name,
        costs.area_code,
        costs.period_label,
        'placement_category' as breakdown,
        costs.placement_category as breakdown_value,
        coalesce(costs.children, 0) as member_count,
        coalesce(costs.children, 0) between 1 and {{ limit }}
        or (
            costs.placement_category in ('residential', 'secure')
            and coalesce(homes.has_small_kind, false)
        ) as is_small
    from costs
    left join homes
        on costs.area_code = homes.area_code and costs.period_label = homes.period_label
),

children_withheld as (
    {{ withhold_next_smallest('counts', 'is_small') }}
),

-- The categories add up to the children of 31 March, a figure of its own.
counts_on_31_march as (
    select
        'placement_costs' as population,
        'on 31 March' as set_name,
        costs.area_code,
        costs.period_label,
        'placement_category' as breakdown,
        costs.placement_category as breakdown_value,
        coalesce(costs.children_on_31_march, 0) as member_count,
        coalesce(costs.children_on_31_march, 0) between 1 and {{ limit }}
        or children_withheld.is_withheld as is_small
    from costs
    inner join children_withheld
        on costs.area_code = children_withheld.area_code
            and costs.period_label = children_withheld.period_label
            and costs.placement_category = children_withheld.breakdown_value
),

on_31_march_withheld as (
    {{ withhold_next_smallest('counts_on_31_march', 'is_small') }}
),

judged as (
    select
        costs.*,
        children_withheld.is_withheld,
        on_31_march_withheld.is_withheld as is_withheld_on_31_march
    from costs
    inner join children_withheld
        on costs.area_code = children_withheld.area_code
            and costs.period_label = children_withheld.period_label
            and costs.placement_category = children_withheld.breakdown_value
    inner join on_31_march_withheld
        on costs.area_code = on_31_march_withheld.area_code
            and costs.period_label = on_31_march_withheld.period_label
            and costs.placement_category = on_31_march_withheld.breakdown_value
),

shared as (
    select
        area_code,
        period_label,
        placement_category,
        case when not is_withheld then children end as children,
        case when not is_withheld then nights end as nights,
        gross_spend,
        net_spend,
        case when not is_withheld then average_weekly_cost end as average_weekly_cost,
        unit_cost_basis,
        la_code,
        period_start,
        period_end,
        is_whole_year,
        case when not is_withheld_on_31_march then children_on_31_march end
            as children_on_31_march,
        case when not is_withheld then paid_nights end as paid_nights,
        spend_basis,
        case when not is_withheld then unit_cost end as unit_cost,
        average_weekly_cost_basis,
        case when not is_withheld then average_weekly_net_cost end as average_weekly_net_cost,
        payments_gross,
        payments_not_counted,
        ledger_gross,
        reconciling_difference,
        case when is_withheld then 'suppressed' else status end as status
    from judged
)

select * from shared
