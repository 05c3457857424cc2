{% set limit = var('small_number_limit') | int %}

with costs as (
    select * from {{ ref('fct_placement_costs_by_provider') }}
),

categories as (
    select * from {{ ref('published__placement_costs') }}
),

-- A category that is withheld takes its providers along.
counts as (
    select
        costs.placement_category as population,
        'children' as set_name,
        costs.area_code,
        costs.period_label,
        'provider_type' as breakdown,
        costs.provider_type as breakdown_value,
        costs.children as member_count,
        costs.children between 1 and {{ limit }}
        or coalesce(categories.status = 'suppressed', false) as is_small
    from costs
    left join categories
        on costs.area_code = categories.area_code
            and costs.period_label = categories.period_label
            and costs.placement_category = categories.placement_category
),

judged as (
    {{ withhold_next_smallest('counts', 'is_small') }}
),

shared as (
    select
        costs.area_code,
        costs.period_label,
        costs.placement_category,
        costs.provider_type,
        case when not judged.is_withheld then costs.children end as children,
        case when not judged.is_withheld then costs.nights end as nights,
        case when not judged.is_withheld then costs.gross_spend end as gross_spend,
        case when not judged.is_withheld then costs.net_spend end as net_spend,
        case when not judged.is_withheld then costs.average_weekly_cost end
            as average_weekly_cost,
        costs.unit_cost_basis
    from costs
    inner join judged
        on costs.area_code = judged.area_code
            and costs.period_label = judged.period_label
            and costs.placement_category = judged.population
            and costs.provider_type = judged.breakdown_value
)

select * from shared
