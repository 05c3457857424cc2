with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'school_census'
),

children as (
    select * from {{ ref('pop_looked_after_all_year') }}
),

pupil_numbers as (
    select * from {{ ref('int_schools__looked_after_pupils') }}
),

enrolments as (
    select * from {{ ref('int_schools__enrolments') }}
    where pupil_number is not null
),

exclusions as (
    select * from {{ ref('int_schools__exclusions') }}
    where pupil_number is not null
),

-- All schools of a child in the school year together, those that returned sessions: a child who
-- joined in the next year, or is in reception or the sixth form, has none.
attendance as (
    select
        pupil_numbers.la_code,
        pupil_numbers.period_label,
        pupil_numbers.child_id,
        min(enrolments.period_start) as school_year_start,
        sum(enrolments.possible_session_count) as possible_session_count,
        sum(enrolments.absent_session_count) as absent_session_count,
        bool_or(enrolments.has_summer_term) as has_summer_term,
        bool_or(enrolments.has_two_terms_landed) as has_two_terms_landed,
        min_by(enrolments._delivery_id, enrolments._source_line) as _delivery_id,
        min_by(enrolments._source_file, enrolments._source_line) as _source_file,
        min(enrolments._source_line) as _source_line
    from pupil_numbers
    inner join enrolments
        on pupil_numbers.la_code = enrolments.la_code
            and pupil_numbers.period_label = enrolments.period_label
            and pupil_numbers.pupil_number = enrolments.pupil_number
    where enrolments.possible_session_count > 0
    group by pupil_numbers.la_code, pupil_numbers.period_label, pupil_numbers.child_id
),

excluded as (
    select
        pupil_numbers.la_code,
        pupil_numbers.period_label,
        pupil_numbers.child_id,
        count(*) filter (where exclusions.exclusion_category_code = 'SUSP') as fixed_term_count,
        count(*) filter (where exclusions.exclusion_category_code = 'PERM') as permanent_count
    from pupil_numbers
    inner join exclusions
        on pupil_numbers.la_code = exclusions.la_code
            and pupil_numbers.period_label = exclusions.period_label
            and pupil_numbers.pupil_number = exclusions.pupil_number
    group by pupil_numbers.la_code, pupil_numbers.period_label, pupil_numbers.child_id
),

found as (
    select
        children.*,
        attendance.school_year_start,
        attendance.possible_session_count,
        attendance.absent_session_count,
        attendance.child_id is not null as is_in_census,
        coalesce(attendance.has_two_terms_landed, false) as has_two_terms_landed,
        {{ is_persistently_absent(
            'attendance.school_year_start',
            'attendance.absent_session_count',
            'attendance.possible_session_count',
            'attendance.has_summer_term',
        ) }} as is_over_limit,
        coalesce(excluded.fixed_term_count, 0) as fixed_term_count,
        coalesce(excluded.permanent_count, 0) as permanent_count,
        attendance._delivery_id as census_delivery_id,
        attendance._source_file as census_source_file,
        attendance._source_line as census_source_line
    from children
    inner join years
        on children.la_code = years.la_code
            and children.period_label = years.period_label
    left join attendance
        on children.la_code = attendance.la_code
            and children.period_label = attendance.period_label
            and children.child_id = attendance.child_id
    left join excluded
        on children.la_code = excluded.la_code
            and children.period_label = excluded.period_label
            and children.child_id = excluded.child_id
),

members as (
    select
        member_id,
        area_code,
        la_code,
        period_label,
        {{ academic_year_start('period_label') }} as period_start,
        {{ academic_year_end('period_label') }} as period_end,
        child_id,
        counted_on,
        date_of_birth,
        age_years,
        age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        locality,
        placement_type,
        legal_status,
        category_of_need,
        uasc,
        is_looked_after_all_year,
        is_in_census,
        is_in_census and is_looked_after_all_year and has_two_terms_landed
            as is_all_year_with_absence,
        case
            when is_in_census and is_looked_after_all_year and has_two_terms_landed
                then is_over_limit
        end as is_persistent_absentee,
        is_in_census and fixed_term_count > 0 as has_fixed_term_exclusion,
        is_in_census and permanent_count > 0 as has_permanent_exclusion,
        cast(fixed_term_count as integer) as fixed_term_count,
        cast(possible_session_count as integer) as possible_session_count,
        cast(absent_session_count as integer) as absent_session_count,
        case
            when not is_in_census then 'No pupil of the school census under a number of the child.'
            else concat(
                    cast(absent_session_count as {{ dbt.type_string() }}), ' half-days missed of ',
                    cast(possible_session_count as {{ dbt.type_string() }}), '; ',
                    cast(fixed_term_count as {{ dbt.type_string() }}), ' suspensions.'
                )
        end as reason,
        coalesce(census_delivery_id, _delivery_id) as _delivery_id,
        coalesce(census_source_file, _source_file) as _source_file,
        coalesce(census_source_line, _source_line) as _source_line
    from found
)

select * from members
