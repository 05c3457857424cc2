-- A view: no other model reads it, and few readers want all of its many rows.
{{ config(materialized='view') }}

with sen_needs as (
    select * from {{ source('school_census', 'sen_needs') }}
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
        {{ clean_identifier('sen_needs.pupil_on_roll_id') }} as pupil_on_roll_id,
        {{ parse_integer('sen_needs.sen_type_rank') }} as sen_type_rank,
        {{ clean_code('sen_needs.sen_type') }} as sen_type_code,
        {{ parse_term('deliveries_in_force.series') }} as term,
        deliveries_in_force.received_at,
        sen_needs._delivery_id,
        sen_needs._source_file,
        sen_needs._source_line
    from sen_needs
    inner join deliveries_in_force
        on sen_needs._delivery_id = deliveries_in_force.delivery_id
),

sent_last as (
    select *
    from typed
    qualify {{ sent_last(key=['term', 'pupil_on_roll_id', 'sen_type_rank']) }}
)

select * from sent_last
