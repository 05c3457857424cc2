-- A view: the largest table by far, of which each reader wants some columns. Written out, it took
-- a fifth of all building. Its parts are blocks of text, because a CTE that is read twice is worked
-- out with all of its columns.
{{ config(materialized='view') }}

{% set deliveries_in_force -%}
    select
        deliveries.*,
        count(*) over (
            partition by
                deliveries.la_code, deliveries.period_label, {{ parse_term('deliveries.series') }}
        ) as deliveries_of_term
    from {{ ref('stg_pier__deliveries_in_force') }} as deliveries
    inner join (
        select distinct _delivery_id from {{ source('school_census', 'pupils') }}
    ) as deliveries_of_pupils
        on deliveries.delivery_id = deliveries_of_pupils._delivery_id
{%- endset %}

{% set typed -%}
    select
        deliveries_in_force.la_code,
        deliveries_in_force.period_label,
        {{ academic_year_start('deliveries_in_force.period_label') }} as period_start,
        {{ academic_year_end('deliveries_in_force.period_label') }} as period_end,
        {{ clean_identifier('pupils.pupil_on_roll_id') }} as pupil_on_roll_id,
        {{ clean_identifier('pupils.native_id') }} as school_pupil_id,
        {{ clean_identifier('pupils.upn') }} as unique_pupil_number,
        {{ clean_identifier('pupils.former_upn') }} as former_unique_pupil_number,
        {{ parse_date('pupils.dob') }} as date_of_birth,
        {{ clean_code('pupils.sex') }} as sex_code,
        {{ parse_date('pupils.entry_date') }} as entry_date,
        {{ parse_integer('pupils.sessions_possible') }} as possible_session_count,
        {{ parse_integer('pupils.sessions_authorised') }} as authorised_absence_session_count,
        {{ parse_integer('pupils.sessions_unauthorised') }} as unauthorised_absence_session_count,
        {{ clean_code('pupils.ethnicity') }} as ethnicity_code,
        {{ clean_code('pupils.sen_provision') }} as sen_provision_code,
        {{ clean_code('pupils.national_curriculum_year') }} as national_curriculum_year_code,
        {{ clean_code('pupils.ftemp') }} as full_time_employment_code,
        {{ clean_code('pupils.top_up_funding') }} as top_up_funding_code,
        {{ clean_code('pupils.free_school_meals') }} as free_school_meals_code,
        {{ clean_code('pupils.travel_mode') }} as travel_mode_code,
        {{ clean_code('pupils.enrolment_status') }} as enrolment_status_code,
        {{ clean_identifier('pupils.school_number') }} as school_number,
        lower({{ clean_text('pupils.school_phase') }}) as school_phase,
        lower({{ clean_text('pupils.school_type') }}) as school_type,
        {{ clean_postcode('pupils.postcode') }} as home_postcode,
        {{ parse_term('deliveries_in_force.series') }} as term,
        deliveries_in_force.received_at,
        pupils._delivery_id,
        pupils._source_file,
        pupils._source_line
    from {{ source('school_census', 'pupils') }} as pupils
    inner join ({{ deliveries_in_force }}) as deliveries_in_force
{%- endset %}

-- Comparing every row with every other is left to the terms that came in several files.
with sent_once as (
    {{ typed }}
        on pupils._delivery_id = deliveries_in_force.delivery_id
            and deliveries_in_force.deliveries_of_term = 1
),

sent_in_parts as (
    {{ typed }}
        on pupils._delivery_id = deliveries_in_force.delivery_id
            and deliveries_in_force.deliveries_of_term > 1
),

sent_last as (
    select * from sent_once
    union all
    select * from sent_in_parts
    qualify {{ sent_last(key=['term', 'pupil_on_roll_id']) }}
),

with_sex as (
    select
        *,
        {{ sex_of('sex_code') }} as sex
    from sent_last
)

select * from with_sex
