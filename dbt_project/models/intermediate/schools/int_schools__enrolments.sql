with pupils as (
    select * from {{ ref('stg_school_census__pupils') }}
    where term is not null and possible_session_count > 0
),

years as (
    select * from {{ ref('reporting_years') }}
),

-- A census holds the absence of the term before its day: that of autumn the summer of the school
-- year that had just ended.
absences as (
    select
        la_code,
        extract(year from period_start) - case term when 'autumn' then 1 else 0 end as start_year,
        case term when 'autumn' then 'summer' when 'spring' then 'autumn' else 'spring' end
            as absence_term,
        case term when 'autumn' then 3 when 'spring' then 1 else 2 end as place,
        coalesce(school_number, '') as school_number,
        school_pupil_id,
        {{ clean_pupil_number('unique_pupil_number') }} as pupil_number,
        date_of_birth,
        sex,
        ethnicity_code,
        home_postcode,
        school_phase,
        school_type,
        national_curriculum_year_code,
        entry_date,
        possible_session_count,
        coalesce(authorised_absence_session_count, 0)
        + coalesce(unauthorised_absence_session_count, 0) as absent_session_count,
        _delivery_id,
        _source_file,
        _source_line
    from pupils
),

-- One who came to the school after the year, as those new in year 7, missed the summer elsewhere.
attended as (
    select
        *,
        coalesce(pupil_number, concat('school ', school_pupil_id)) as pupil_key,
        -- Whichever record of the year says a thing first describes the pupil.
        (place * 1000000 + _delivery_id) * 10000000000 + _source_line as record_order
    from absences
    where
        coalesce(pupil_number, school_pupil_id) is not null
        and coalesce(extract(year from entry_date) * 100 + extract(month from entry_date), 0)
        < (start_year + 1) * 100 + 9
),

-- A pupil who stands twice in a school's file of a term attended it once.
one_per_school as (
    select
        la_code,
        start_year,
        school_number,
        pupil_key,
        max(pupil_number) as pupil_number,
        min_by(date_of_birth, record_order) as date_of_birth,
        min_by(sex, record_order) as sex,
        min_by(ethnicity_code, record_order) as ethnicity_code,
        min_by(home_postcode, record_order) as home_postcode,
        min_by(school_phase, record_order) as school_phase,
        min_by(school_type, record_order) as school_type,
        min_by(national_curriculum_year_code, record_order) as national_curriculum_year_code,
        max(possible_session_count) filter (where absence_term = 'autumn')
            as possible_in_autumn,
        max(possible_session_count) filter (where absence_term = 'spring')
            as possible_in_spring,
        max(possible_session_count) filter (where absence_term = 'summer')
            as possible_in_summer,
        max(absent_session_count) filter (where absence_term = 'autumn')
            as absent_in_autumn,
        max(absent_session_count) filter (where absence_term = 'spring')
            as absent_in_spring,
        max(absent_session_count) filter (where absence_term = 'summer')
            as absent_in_summer,
        min_by(_delivery_id, record_order) as _delivery_id,
        min_by(_source_file, record_order) as _source_file,
        min_by(_source_line, record_order) as _source_line
    from attended
    group by
        la_code,
        start_year,
        school_number,
        pupil_key
),

enrolments as (
    select
        one_per_school.la_code,
        years.financial_year_label as period_label,
        {{ academic_year_start('years.financial_year_label') }} as period_start,
        {{ academic_year_end('years.financial_year_label') }} as period_end,
        one_per_school.school_number,
        one_per_school.pupil_key,
        one_per_school.pupil_number,
        one_per_school.date_of_birth,
        one_per_school.sex,
        one_per_school.ethnicity_code,
        one_per_school.home_postcode,
        one_per_school.school_phase,
        one_per_school.school_type,
        one_per_school.national_curriculum_year_code,
        coalesce(one_per_school.possible_in_autumn, 0)
        + coalesce(one_per_school.possible_in_spring, 0)
        + coalesce(one_per_school.possible_in_summer, 0) as possible_session_count,
        coalesce(one_per_school.absent_in_autumn, 0)
        + coalesce(one_per_school.absent_in_spring, 0)
        + coalesce(one_per_school.absent_in_summer, 0) as absent_session_count,
        one_per_school.possible_in_summer is not null as has_summer_term,
        count(one_per_school.possible_in_autumn) over year_landed > 0
        and count(one_per_school.possible_in_spring) over year_landed > 0 as has_two_terms_landed,
        one_per_school._delivery_id,
        one_per_school._source_file,
        one_per_school._source_line
    from one_per_school
    inner join years on one_per_school.start_year = years.start_year
    window year_landed as (partition by one_per_school.la_code, one_per_school.start_year)
)

select * from enrolments
