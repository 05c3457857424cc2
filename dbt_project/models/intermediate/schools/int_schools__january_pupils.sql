with pupils as (
    select * from {{ ref('stg_school_census__pupils') }}
    where term = 'spring'
),

ethnicities as (
    select * from {{ ref('ref_ethnicity') }}
),

localities as (
    select * from {{ ref('ref_localities') }}
),

numbered as (
    select
        *,
        {{ clean_pupil_number('unique_pupil_number') }} as pupil_number
    from pupils
),

-- A pupil without a usable number is told from others by the school's own number of the pupil.
keyed as (
    select
        *,
        coalesce(
            pupil_number, concat('school ', coalesce(school_number, ''), ' ', school_pupil_id)
        ) as pupil_key,
        coalesce(enrolment_status_code, 'C') in ('C', 'M') as is_main_registration
    from numbered
),

-- Two registrations of a pupil are one pupil, described by the main one.
one_per_pupil as (
    select * from keyed
    where pupil_key is not null
    qualify row_number() over (
            partition by la_code, period_label, pupil_key
            order by
                is_main_registration desc, received_at desc, _delivery_id desc, _source_line asc
        ) = 1
),

described as (
    select
        one_per_pupil.la_code,
        one_per_pupil.period_label,
        one_per_pupil.period_start,
        one_per_pupil.period_end,
        one_per_pupil.pupil_key,
        one_per_pupil.pupil_number,
        one_per_pupil.date_of_birth,
        cast({{ age_in_years(
            'one_per_pupil.date_of_birth', august_31_before('one_per_pupil.period_label')
        ) }} as integer) as age_on_31_august,
        one_per_pupil.sex,
        coalesce(ethnicities.ethnic_group, 'Unknown') as ethnic_group,
        case
            when one_per_pupil.ethnicity_code = 'CHNE' then 'Chinese'
            else coalesce(ethnicities.ethnic_group, 'Unknown')
        end as pupil_ethnic_group,
        coalesce(ethnicities.minority_ethnic, 'Unknown') as minority_ethnic,
        {{ locality_of('one_per_pupil.home_postcode') }} as locality,
        one_per_pupil.national_curriculum_year_code,
        one_per_pupil.school_number,
        one_per_pupil.school_phase,
        one_per_pupil.school_type,
        one_per_pupil.travel_mode_code,
        one_per_pupil.is_main_registration,
        {{ parse_boolean('one_per_pupil.free_school_meals_code') }} as has_free_meals,
        case
            when one_per_pupil.sen_provision_code is not null
                then one_per_pupil.sen_provision_code <> 'N'
        end as has_special_needs,
        one_per_pupil._delivery_id,
        one_per_pupil._source_file,
        one_per_pupil._source_line
    from one_per_pupil
    left join ethnicities on one_per_pupil.ethnicity_code = ethnicities.code
    left join localities
        on {{ is_in_locality('one_per_pupil.la_code', 'one_per_pupil.home_postcode') }}
)

select * from described
