{% set by_number_only = [
    ('contacts', 'contacts'),
    ('early_help', 'episodes'),
    ('missing_children', 'missing_episodes'),
    ('missing_children', 'return_interviews'),
    ('child_exploitation', 'concerns'),
    ('file_audits', 'audits'),
    ('looked_after_health', 'initial_assessments'),
    ('placement_payments', 'payments'),
] %}

with looked_after_children as (
    select * from {{ ref('stg_ssda903__children') }}
),

children_in_need as (
    select * from {{ ref('stg_cin_census__children') }}
),

young_carers as (
    select * from {{ ref('stg_young_carers__registrations') }}
),

privately_fostered as (
    select * from {{ ref('stg_private_fostering__arrangements') }}
),

pupils as (
    select * from {{ ref('stg_school_census__pupils') }}
),

mentions as (
    select
        la_code,
        period_label,
        'ssda903' as return_name,
        child_id as local_id,
        {{ clean_pupil_number('unique_pupil_number') }} as pupil_number,
        cast(null as varchar) as former_pupil_number,
        date_of_birth
    from looked_after_children
    union all
    select
        la_code,
        period_label,
        'cin_census' as return_name,
        child_id as local_id,
        {{ clean_pupil_number('unique_pupil_number') }} as pupil_number,
        {{ clean_pupil_number('former_unique_pupil_number') }} as former_pupil_number,
        date_of_birth
    from children_in_need
    union all
    select
        la_code,
        period_label,
        'young_carers' as return_name,
        child_id as local_id,
        cast(null as varchar) as pupil_number,
        cast(null as varchar) as former_pupil_number,
        date_of_birth
    from young_carers
    union all
    select
        la_code,
        period_label,
        'private_fostering' as return_name,
        child_id as local_id,
        cast(null as varchar) as pupil_number,
        cast(null as varchar) as former_pupil_number,
        date_of_birth
    from privately_fostered
    {% for return_name, entity in by_number_only %}
        union all
        select
            la_code,
            period_label,
            '{{ return_name }}' as return_name,
            child_id as local_id,
            cast(null as varchar) as pupil_number,
            cast(null as varchar) as former_pupil_number,
            cast(null as date) as date_of_birth
        from {{ ref('stg_' ~ return_name ~ '__' ~ entity) }}
    {% endfor %}
    union all
    select
        la_code,
        period_label,
        'school_census' as return_name,
        cast(null as varchar) as local_id,
        {{ clean_pupil_number('unique_pupil_number') }} as pupil_number,
        {{ clean_pupil_number('former_unique_pupil_number') }} as former_pupil_number,
        date_of_birth
    from pupils
),

identified as (
    select distinct
        la_code,
        period_label,
        return_name,
        local_id,
        pupil_number,
        -- A sender may repeat the present number as the former one.
        nullif(former_pupil_number, pupil_number) as former_pupil_number,
        date_of_birth
    from mentions
    where local_id is not null or pupil_number is not null
)

select * from identified
