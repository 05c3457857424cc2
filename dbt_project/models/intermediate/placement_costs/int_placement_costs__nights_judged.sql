with nights as (
    select * from {{ ref('int_placement_costs__nights') }}
),

payment_nights as (
    select * from {{ ref('int_placement_costs__payment_nights') }}
),

years as (
    select * from {{ ref('int_placement_costs__years') }}
),

-- A fee comes on top of an allowance: alone it does not pay for a night.
paid as (
    select
        la_code,
        child_id,
        night_period_label,
        episode_number,
        sum(nights_in_placement - nights_paid_twice) as paid_nights
    from payment_nights
    where is_for_nights and payment_type <> 'fee'
    group by all
),

judged as (
    select
        nights.area_code,
        nights.la_code,
        nights.period_label,
        nights.child_id,
        nights.episode_number,
        nights.placement_category,
        nights.span_start_date,
        nights.span_end_date,
        nights.night_count,
        greatest(nights.night_count - coalesce(paid.paid_nights, 0), 0) as unpaid_nights,
        years.has_payments
        and nights.placement_category not in ('adoption', 'parents') as is_to_be_paid,
        nights._delivery_id,
        nights._source_file,
        nights._source_line
    from nights
    inner join years
        on nights.la_code = years.la_code and nights.period_label = years.period_label
    left join paid
        on nights.la_code = paid.la_code
            and nights.child_id = paid.child_id
            and nights.period_label = paid.night_period_label
            and nights.episode_number = paid.episode_number
),

flagged as (
    select
        *,
        is_to_be_paid and unpaid_nights > 0 as is_unpaid
    from judged
)

select * from flagged
