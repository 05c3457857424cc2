with payments as (
    select * from {{ ref('int_placement_costs__payments') }}
),

nights as (
    select * from {{ ref('int_placement_costs__nights') }}
),

-- Two payments of one kind for the same night: from the start of the later one, it is paid twice.
paid_twice as (
    select
        payments.la_code,
        payments.child_id,
        payments.payment_number,
        later.paid_from_date,
        least(payments.paid_until_date, later.paid_until_date) as paid_until_date
    from payments
    inner join payments as later
        on payments.la_code = later.la_code
            and payments.child_id = later.child_id
            and payments.payment_type = later.payment_type
            and payments.payment_number < later.payment_number
            and payments.paid_until_date > later.paid_from_date
    where payments.is_for_nights and later.is_for_nights
),

in_placements as (
    select
        payments.*,
        nights.period_label as night_period_label,
        nights.episode_number,
        nights.placement_category as night_placement_category,
        nights.provider_type,
        greatest(payments.paid_from_date, nights.span_start_date) as from_date,
        least(payments.paid_until_date, nights.span_end_date) as until_date
    from payments
    inner join nights
        on payments.la_code = nights.la_code
            and payments.child_id = nights.child_id
            and payments.paid_from_date < nights.span_end_date
            and payments.paid_until_date > nights.span_start_date
),

twice_in_placements as (
    select
        in_placements.la_code,
        in_placements.child_id,
        in_placements.payment_number,
        in_placements.night_period_label,
        in_placements.episode_number,
        sum({{ dbt.datediff(
            'greatest(in_placements.from_date, paid_twice.paid_from_date)',
            'least(in_placements.until_date, paid_twice.paid_until_date)',
            'day'
        ) }}) as night_count
    from in_placements
    inner join paid_twice
        on in_placements.la_code = paid_twice.la_code
            and in_placements.child_id = paid_twice.child_id
            and in_placements.payment_number = paid_twice.payment_number
            and in_placements.from_date < paid_twice.paid_until_date
            and in_placements.until_date > paid_twice.paid_from_date
    group by all
),

counted as (
    select
        in_placements.*,
        cast(
            {{ dbt.datediff('in_placements.from_date', 'in_placements.until_date', 'day') }}
            as integer
        ) as nights_in_placement,
        cast(least(
            coalesce(twice_in_placements.night_count, 0),
            {{ dbt.datediff('in_placements.from_date', 'in_placements.until_date', 'day') }}
        ) as integer) as nights_paid_twice,
        in_placements.placement_category = in_placements.night_placement_category as is_of_kind,
        in_placements.period_label = in_placements.night_period_label as is_of_year
    from in_placements
    left join twice_in_placements
        on in_placements.la_code = twice_in_placements.la_code
            and in_placements.child_id = twice_in_placements.child_id
            and in_placements.payment_number = twice_in_placements.payment_number
            and in_placements.night_period_label = twice_in_placements.night_period_label
            and in_placements.episode_number = twice_in_placements.episode_number
),

-- What counts to the unit cost: recurring payments, for nights of that kind and of that year, once.
payment_nights as (
    select
        area_code,
        la_code,
        period_label,
        payment_id,
        payment_number,
        child_id,
        payment_type,
        placement_category,
        is_for_nights,
        night_period_label,
        episode_number,
        night_placement_category,
        provider_type,
        is_of_kind,
        is_of_year,
        nights_in_placement,
        nights_paid_twice,
        case
            when is_of_kind and is_of_year and is_recurring
                then nights_in_placement - nights_paid_twice
            else 0
        end as counted_nights,
        case
            when is_of_kind and is_of_year and is_recurring
                then gross_amount * (nights_in_placement - nights_paid_twice) / night_count
            else 0
        end as counted_gross_amount,
        case
            when is_of_kind and is_of_year and is_recurring
                then net_amount * (nights_in_placement - nights_paid_twice) / night_count
            else 0
        end as counted_net_amount,
        _delivery_id,
        _source_file,
        _source_line
    from counted
)

select * from payment_nights
