with nights as (
    select * from {{ ref('int_placement_costs__nights') }}
),

payment_nights as (
    select * from {{ ref('int_placement_costs__payment_nights') }}
),

nights_by_provider as (
    select
        area_code,
        la_code,
        period_label,
        placement_category,
        provider_type,
        count(distinct child_id) as children,
        sum(night_count) as nights
    from nights
    group by all
),

paid_by_provider as (
    select
        la_code,
        period_label,
        placement_category,
        provider_type,
        sum(counted_gross_amount) as gross_spend,
        sum(counted_net_amount) as net_spend
    from payment_nights
    where counted_nights <> 0
    group by all
),

costs as (
    select
        nights_by_provider.area_code,
        nights_by_provider.period_label,
        nights_by_provider.placement_category,
        nights_by_provider.provider_type,
        cast(nights_by_provider.children as bigint) as children,
        cast(nights_by_provider.nights as bigint) as nights,
        cast(paid_by_provider.gross_spend as double) as gross_spend,
        cast(paid_by_provider.net_spend as double) as net_spend,
        cast(paid_by_provider.gross_spend * 7.0 / nights_by_provider.nights as double)
            as average_weekly_cost,
        case
            when paid_by_provider.gross_spend is null then 'no_payments'
            else 'payments_for_nights_of_care_per_week_of_care'
        end as unit_cost_basis
    from nights_by_provider
    left join paid_by_provider
        on nights_by_provider.la_code = paid_by_provider.la_code
            and nights_by_provider.period_label = paid_by_provider.period_label
            and nights_by_provider.placement_category = paid_by_provider.placement_category
            and nights_by_provider.provider_type = paid_by_provider.provider_type
)

select * from costs
