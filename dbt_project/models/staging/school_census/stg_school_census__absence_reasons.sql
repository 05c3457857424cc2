-- A view: no other model reads it, and few readers want all of its many rows.
{{ config(materialized='view') }}

with session_details as (
    select * from {{ source('school_census', 'session_details') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        deliveries_in_force.la_code,
        deliveries_in_force.period_label,
        {{ academic_year_start('deliveries_in_force.period_label') }} as period_start,
        {{ academic_year_end('deliveries_in_force.period_label') }} as period_end,
        {{ clean_identifier('session_details.pupil_on_roll_id') }} as pupil_on_roll_id,
        {{ clean_code('session_details.attendance_reason') }} as attendance_reason_code,
        {{ parse_integer('session_details.sessions') }} as absence_session_count,
        {{ parse_term('deliveries_in_force.series') }} as term,
        deliveries_in_force.series like '%offroll%' as is_off_roll_file,
        deliveries_in_force.received_at,
        session_details._delivery_id,
        session_details._source_file,
        session_details._source_line
    from session_details
    inner join deliveries_in_force
        on session_details._delivery_id = deliveries_in_force.delivery_id
),

sent_last as (
    select *
    from typed
    qualify
        {{ sent_last(
            key=['term', 'is_off_roll_file', 'pupil_on_roll_id', 'attendance_reason_code']
        ) }}
)

select * from sent_last
