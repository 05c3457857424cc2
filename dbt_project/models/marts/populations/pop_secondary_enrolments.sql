with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'school_census'
),

enrolments as (
    select * from {{ ref('int_schools__enrolments') }}
),

ethnicities as (
    select * from {{ ref('ref_ethnicity') }}
),

localities as (
    select * from {{ ref('ref_localities') }}
),

-- The authority's own secondary schools: no academies, no city technology colleges. A file that
-- does not say the kind of school is of the authority's own, one that does not say the phase shows
-- it by the year group. Sixth forms are out by age.
secondary as (
    select
        enrolments.*,
        years.area_code,
        cast({{ age_in_years(
            'enrolments.date_of_birth', august_31_before('enrolments.period_label')
        ) }} as integer) as age_years
    from enrolments
    inner join years
        on enrolments.la_code = years.la_code
            and enrolments.period_label = years.period_label
    where
        case
            when enrolments.school_phase is not null then enrolments.school_phase = 'secondary'
            else enrolments.national_curriculum_year_code in ('7', '8', '9', '10', '11')
        end
),

judged as (
    select
        secondary.*,
        coalesce(ethnicities.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(ethnicities.minority_ethnic, 'Unknown') as minority_ethnic,
        {{ locality_of('secondary.home_postcode') }} as locality,
        coalesce(secondary.school_type, 'maintained') not like '%academ%'
        and coalesce(secondary.school_type, 'maintained') not in ('ctc', 'city technology college')
            as is_maintained,
        {{ is_persistently_absent(
            'secondary.period_start',
            'secondary.absent_session_count',
            'secondary.possible_session_count',
            'secondary.has_summer_term',
        ) }} as is_over_limit
    from secondary
    left join ethnicities on secondary.ethnicity_code = ethnicities.code
    left join localities
        on {{ is_in_locality('secondary.la_code', 'secondary.home_postcode') }}
    where coalesce(secondary.age_years, 15) <= 15
),

members as (
    select
        concat(la_code, ':', period_label, ':', school_number, ':', pupil_key) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        pupil_number as child_id,
        {{ day_of_school_year('period_label', '03-31') }} as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        locality,
        case when has_two_terms_landed then true end as is_secondary_enrolment,
        case when has_two_terms_landed then is_maintained end as is_maintained_enrolment,
        case when has_two_terms_landed then is_over_limit end as is_persistent_absentee,
        possible_session_count,
        absent_session_count,
        case
            when not has_two_terms_landed then 'Absence of autumn and spring has not come in.'
            else concat(
                    cast(absent_session_count as {{ dbt.type_string() }}), ' half-days missed of ',
                    cast(possible_session_count as {{ dbt.type_string() }}),
                    case when is_maintained then '.' else '; no school of the authority.' end
                )
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from judged
)

select * from members
