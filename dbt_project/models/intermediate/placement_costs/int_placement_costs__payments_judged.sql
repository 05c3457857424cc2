with payments as (
    select * from {{ ref('int_placement_costs__payments') }}
),

payment_nights as (
    select * from {{ ref('int_placement_costs__payment_nights') }}
),

nights as (
    select * from {{ ref('int_placement_costs__nights') }}
),

years as (
    select * from {{ ref('int_placement_costs__years') }}
),

totals as (
    select
        la_code,
        child_id,
        payment_number,
        sum(nights_in_placement) as nights_in_placement,
        sum(nights_in_placement) filter (where not is_of_kind) as nights_of_another_kind,
        sum(nights_in_placement) filter (where is_of_kind and not is_of_year)
            as nights_of_another_year,
        sum(nights_paid_twice) as nights_paid_twice,
        sum(counted_nights) as counted_nights,
        sum(counted_gross_amount) as counted_gross_amount
    from payment_nights
    group by all
),

-- A return that pays for the last day as well as for its night before is a habit, not a fault: the
-- day is not counted, and not told to anybody (edge cases 118 and 121).
paid_for_the_last_day as (
    select distinct
        payments.la_code,
        payments.child_id,
        payments.payment_number
    from payments
    inner join nights
        on payments.la_code = nights.la_code
            and payments.child_id = nights.child_id
            and payments.paid_until_date
            = cast({{ dbt.dateadd('day', 1, 'nights.span_end_date') }} as date)
),

judged as (
    select
        payments.area_code,
        payments.la_code,
        payments.period_label,
        payments.payment_id,
        payments.child_id,
        payments.supplier_id,
        payments.payment_type,
        payments.placement_category,
        payments.category_basis,
        payments.paid_from_date,
        payments.paid_until_date,
        payments.night_count,
        payments.gross_amount,
        -- Whether a child was in care then is known of the years whose episodes were sent.
        case
            when years.has_episodes
                then payments.night_count - coalesce(totals.nights_in_placement, 0)
            else 0
        end as nights_outside_care,
        coalesce(totals.nights_of_another_kind, 0) as nights_of_another_kind,
        coalesce(totals.nights_of_another_year, 0) as nights_of_another_year,
        coalesce(totals.nights_paid_twice, 0) as nights_paid_twice,
        coalesce(totals.counted_nights, 0) as counted_nights,
        coalesce(totals.counted_gross_amount, 0) as counted_gross_amount,
        paid_for_the_last_day.payment_number is not null as has_paid_for_last_day,
        payments.is_recurring,
        payments._delivery_id,
        payments._source_file,
        payments._source_line
    from payments
    left join years
        on payments.la_code = years.la_code and payments.period_label = years.period_label
    left join totals
        on payments.la_code = totals.la_code
            and payments.child_id = totals.child_id
            and payments.payment_number = totals.payment_number
    left join paid_for_the_last_day
        on payments.la_code = paid_for_the_last_day.la_code
            and payments.child_id = paid_for_the_last_day.child_id
            and payments.payment_number = paid_for_the_last_day.payment_number
),

flagged as (
    select
        *,
        is_recurring
        and nights_outside_care > case when has_paid_for_last_day then 1 else 0 end
            as is_paid_outside_care,
        is_recurring and nights_of_another_kind > 1 as is_paid_for_another_kind,
        nights_paid_twice > 1 as is_paid_twice
    from judged
)

select * from flagged
