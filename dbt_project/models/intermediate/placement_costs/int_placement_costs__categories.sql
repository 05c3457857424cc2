with years as (
    select * from {{ ref('int_placement_costs__years') }}
),

nights as (
    select * from {{ ref('int_placement_costs__nights') }}
),

payments as (
    select * from {{ ref('int_placement_costs__payments') }}
),

payment_nights as (
    select * from {{ ref('int_placement_costs__payment_nights') }}
),

ledger as (
    select * from {{ ref('int_placement_costs__ledger') }}
    where is_of_placements
),

nights_by_category as (
    select
        la_code,
        period_label,
        placement_category,
        count(distinct child_id) as children,
        sum(night_count) as nights,
        count(distinct child_id) filter (where is_there_on_31_march) as children_on_31_march
    from nights
    group by all
),

payments_by_category as (
    select
        la_code,
        period_label,
        placement_category,
        sum(gross_amount) as payments_gross,
        sum(net_amount) as payments_net
    from payments
    group by all
),

counted_by_category as (
    select
        la_code,
        period_label,
        placement_category,
        sum(counted_gross_amount) as counted_gross,
        sum(counted_net_amount) as counted_net,
        sum(counted_gross_amount) filter (where payment_type = 'allowance') as allowances,
        sum(counted_gross_amount) filter (where payment_type = 'fee') as fees,
        sum(counted_nights) filter (where payment_type = 'fee' and is_for_nights) as fee_nights,
        -- Fees come on top of allowances: they alone do not pay for a night.
        sum(counted_nights) filter (where payment_type <> 'fee' and is_for_nights) as paid_nights
    from payment_nights
    group by all
),

ledger_by_category as (
    select
        la_code,
        period_label,
        placement_category,
        coalesce(sum(gross_amount), 0) as ledger_gross,
        sum(net_amount) as ledger_net
    from ledger
    group by all
),

keys as (
    select
        la_code,
        period_label,
        placement_category
    from nights_by_category
    union
    select
        la_code,
        period_label,
        placement_category
    from payments_by_category
    union
    select
        la_code,
        period_label,
        placement_category
    from ledger_by_category
),

joined as (
    select
        years.area_code,
        years.la_code,
        years.period_label,
        years.period_start,
        years.period_end,
        years.is_whole_year,
        years.has_episodes,
        years.has_payments,
        years.has_ledger,
        keys.placement_category,
        case when years.has_episodes then coalesce(nights_by_category.children, 0) end as children,
        case when years.has_episodes then coalesce(nights_by_category.nights, 0) end as nights,
        case
            when years.has_episodes then coalesce(nights_by_category.children_on_31_march, 0)
        end as children_on_31_march,
        payments_by_category.payments_gross,
        payments_by_category.payments_net,
        counted_by_category.counted_gross,
        counted_by_category.counted_net,
        counted_by_category.allowances,
        counted_by_category.fees,
        counted_by_category.fee_nights,
        coalesce(counted_by_category.paid_nights, 0) as paid_nights,
        ledger_by_category.ledger_gross,
        ledger_by_category.ledger_net
    from keys
    inner join years
        on keys.la_code = years.la_code and keys.period_label = years.period_label
    left join nights_by_category
        on keys.la_code = nights_by_category.la_code
            and keys.period_label = nights_by_category.period_label
            and keys.placement_category = nights_by_category.placement_category
    left join payments_by_category
        on keys.la_code = payments_by_category.la_code
            and keys.period_label = payments_by_category.period_label
            and keys.placement_category = payments_by_category.placement_category
    left join counted_by_category
        on keys.la_code = counted_by_category.la_code
            and keys.period_label = counted_by_category.period_label
            and keys.placement_category = counted_by_category.placement_category
    left join ledger_by_category
        on keys.la_code = ledger_by_category.la_code
            and keys.period_label = ledger_by_category.period_label
            and keys.placement_category = ledger_by_category.placement_category
),

-- Spending is the ledger's, what was closed; where there is none, what was paid.
with_spend as (
    select
        *,
        coalesce(ledger_gross, payments_gross) as gross_spend,
        case when ledger_gross is not null then ledger_net else payments_net end as net_spend,
        case
            when ledger_gross is not null then 'ledger_outturn'
            when payments_gross is not null then 'payments'
            else 'none'
        end as spend_basis
    from joined
),

-- Without nights there is no week to divide by, and no unit cost (edge case 123).
categories as (
    select
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        is_whole_year,
        placement_category,
        children,
        nights,
        children_on_31_march,
        paid_nights,
        gross_spend,
        net_spend,
        spend_basis,
        counted_gross * 7.0 / nullif(nights, 0) as average_weekly_cost,
        counted_net * 7.0 / nullif(nights, 0) as average_weekly_net_cost,
        gross_spend * 7.0 / nullif(nights, 0) as unit_cost,
        case
            when coalesce(nights, 0) = 0 then 'no_nights'
            when spend_basis = 'none' then 'no_spending'
            else concat(spend_basis, '_per_week_of_care')
        end as unit_cost_basis,
        case
            when coalesce(nights, 0) = 0 then 'no_nights'
            when counted_gross is null then 'no_payments'
            else 'payments_for_nights_of_care_per_week_of_care'
        end as average_weekly_cost_basis,
        payments_gross,
        counted_gross,
        counted_net,
        payments_gross - coalesce(counted_gross, 0) as payments_not_counted,
        allowances,
        fees,
        fee_nights,
        ledger_gross,
        ledger_net,
        ledger_gross - coalesce(payments_gross, 0) as reconciling_difference
    from with_spend
)

select * from categories
