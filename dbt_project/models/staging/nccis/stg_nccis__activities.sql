-- A view: many rows, which one model reads, and not all columns of them.
{{ config(materialized='view') }}

with activities as (
    select * from {{ source('nccis', 'activities') }}
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
        {{ clean_identifier('activities.person_id') }} as person_id,
        {{ parse_month('activities.month') }} as activity_month,
        {{ parse_date('activities.dob') }} as date_of_birth,
        {{ parse_integer('activities.academic_age') }} as academic_age_years,
        {{ clean_code('activities.activity_code') }} as activity_code,
        {{ parse_date('activities.status_start') }} as activity_start_date,
        {{ parse_boolean('activities.expired_flag') }} as expired_flag,
        {{ parse_number('activities.adjusted_weight') }} as adjusted_weight,
        {{ clean_postcode('activities.postcode') }} as home_postcode,
        deliveries_in_force.received_at,
        activities._delivery_id,
        activities._source_file,
        activities._source_line
    from activities
    inner join deliveries_in_force
        on activities._delivery_id = deliveries_in_force.delivery_id
),

sent_last as (
    select *
    from typed
    qualify {{ sent_last(key=['person_id', 'activity_month']) }}
)

select * from sent_last
