with register as (
    select * from {{ source('young_carers', 'register') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        deliveries_in_force.la_code,
        deliveries_in_force.period_label,
        {{ financial_year_start('deliveries_in_force.period_label') }} as period_start,
        {{ financial_year_end('deliveries_in_force.period_label') }} as period_end,
        {{ clean_identifier('register.young_carer_id') }} as young_carer_id,
        {{ clean_identifier('register.child_id') }} as child_id,
        {{ parse_date('register.date_from') }} as registration_start_date,
        {{ parse_date('register.date_to') }} as registration_end_date,
        {{ clean_text('register.status') }} as status_text,
        {{ parse_date('register.dob') }} as date_of_birth,
        {{ clean_code('register.sex') }} as sex_code,
        lower({{ clean_text('register.school_phase') }}) as school_phase,
        {{ month_of_part('deliveries_in_force.series') }} as reported_month,
        deliveries_in_force.received_at,
        register._delivery_id,
        register._source_file,
        register._source_line
    from register
    inner join deliveries_in_force
        on register._delivery_id = deliveries_in_force.delivery_id
),

sent_last as (
    select *
    from typed
    qualify {{ sent_last(key=['young_carer_id'], newest_first=['reported_month']) }}
),

with_sex as (
    select
        *,
        {{ sex_of('sex_code') }} as sex
    from sent_last
)

select * from with_sex
