with categories as (
    select * from {{ ref('int_placement_costs__categories') }}
),

costs as (
    select
        area_code,
        period_label,
        placement_category,
        cast(children as bigint) as children,
        cast(nights as bigint) as nights,
        cast(gross_spend as double) as gross_spend,
        cast(net_spend as double) as net_spend,
        cast(average_weekly_cost as double) as average_weekly_cost,
        unit_cost_basis,
        la_code,
        period_start,
        period_end,
        is_whole_year,
        cast(children_on_31_march as bigint) as children_on_31_march,
        cast(paid_nights as bigint) as paid_nights,
        spend_basis,
        cast(unit_cost as double) as unit_cost,
        average_weekly_cost_basis,
        cast(average_weekly_net_cost as double) as average_weekly_net_cost,
        cast(payments_gross as double) as payments_gross,
        cast(payments_not_counted as double) as payments_not_counted,
        cast(ledger_gross as double) as ledger_gross,
        cast(reconciling_difference as double) as reconciling_difference,
        case
            when gross_spend is not null then 'final'
            when placement_category in ('adoption', 'parents') then 'not_applicable'
            else 'not_available'
        end as status
    from categories
)

select * from costs
