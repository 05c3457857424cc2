with payments as (
    select * from {{ ref('int_placement_costs__payments_judged') }}
),

nights as (
    select * from {{ ref('int_placement_costs__nights_judged') }}
),

findings as (
    select
        'paid_outside_care' as finding,
        area_code,
        period_label,
        payment_id,
        child_id,
        placement_category,
        paid_from_date as from_date,
        paid_until_date as until_date,
        nights_outside_care as nights,
        gross_amount * nights_outside_care / night_count as amount,
        _delivery_id,
        _source_file,
        _source_line
    from payments
    where is_paid_outside_care
    union all
    select
        'paid_for_another_kind' as finding,
        area_code,
        period_label,
        payment_id,
        child_id,
        placement_category,
        paid_from_date as from_date,
        paid_until_date as until_date,
        nights_of_another_kind as nights,
        gross_amount * nights_of_another_kind / night_count as amount,
        _delivery_id,
        _source_file,
        _source_line
    from payments
    where is_paid_for_another_kind
    union all
    select
        'paid_for_another_year' as finding,
        area_code,
        period_label,
        payment_id,
        child_id,
        placement_category,
        paid_from_date as from_date,
        paid_until_date as until_date,
        nights_of_another_year as nights,
        gross_amount * nights_of_another_year / night_count as amount,
        _delivery_id,
        _source_file,
        _source_line
    from payments
    where nights_of_another_year > 0
    union all
    select
        'paid_twice' as finding,
        area_code,
        period_label,
        payment_id,
        child_id,
        placement_category,
        paid_from_date as from_date,
        paid_until_date as until_date,
        nights_paid_twice as nights,
        gross_amount * nights_paid_twice / night_count as amount,
        _delivery_id,
        _source_file,
        _source_line
    from payments
    where is_paid_twice
    union all
    select
        'nights_without_payment' as finding,
        area_code,
        period_label,
        cast(null as {{ dbt.type_string() }}) as payment_id,
        child_id,
        placement_category,
        span_start_date as from_date,
        span_end_date as until_date,
        unpaid_nights as nights,
        cast(null as double) as amount,
        _delivery_id,
        _source_file,
        _source_line
    from nights
    where is_unpaid
),

typed as (
    select
        finding,
        area_code,
        period_label,
        payment_id,
        child_id,
        placement_category,
        from_date,
        until_date,
        cast(nights as bigint) as nights,
        cast(amount as double) as amount,
        _delivery_id,
        _source_file,
        _source_line
    from findings
)

select * from typed
