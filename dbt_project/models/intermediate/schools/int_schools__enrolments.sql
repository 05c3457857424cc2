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
        coalesce(school_number, '') as school_number,
        school_pupil_id,
        {{ clean_pupil_number('unique_pupil_number') }} as pupil_number,
        date_of_birth,
        sex,
        ethnicity_code,
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

-- A pupil who stands twice in a school's file of a term attended it once. One who came to the
-- school after the year, as those new in year 7, missed the summer elsewhere.
one_per_term as (
    select
        la_code,
        start_year,
        absence_term,
        school_number,
        coalesce(pupil_number, concat('school ', school_pupil_id)) as pupil_key,
        case absence_term when 'autumn' then 1 when 'spring' then 2 else 3 end as place,
        max(possible_session_count) as possible_session_count,
        max(absent_session_count) as absent_session_count,
        max(pupil_number) as pupil_number,
        max(date_of_birth) as date_of_birth,
        max(sex) as sex,
        max(ethnicity_code) as ethnicity_code,
        max(school_phase) as school_phase,
        max(school_type) as school_type,
        max(national_curriculum_year_code) as national_curriculum_year_code,
        max(_delivery_id) as _delivery_id,
        max(_source_file) as _source_file,
        max(_source_line) as _source_line
    from absences
    where
        coalesce(pupil_number, school_pupil_id) is not null
        and coalesce(extract(year from entry_date) * 100 + extract(month from entry_date), 0)
        < (start_year + 1) * 100 + 9
    group by
        la_code,
        start_year,
        absence_term,
        school_number,
        coalesce(pupil_number, concat('school ', school_pupil_id))
),

terms_landed as (
    select
        la_code,
        start_year,
        count(*) filter (where absence_term = 'autumn') > 0
        and count(*) filter (where absence_term = 'spring') > 0 as has_two_terms
    from one_per_term
    group by la_code, start_year
),

enrolments as (
    select
        one_per_term.la_code,
        years.financial_year_label as period_label,
        {{ academic_year_start('years.financial_year_label') }} as period_start,
        {{ academic_year_end('years.financial_year_label') }} as period_end,
        one_per_term.school_number,
        one_per_term.pupil_key,
        max(one_per_term.pupil_number) as pupil_number,
        min_by(one_per_term.date_of_birth, one_per_term.place) as date_of_birth,
        min_by(one_per_term.sex, one_per_term.place) as sex,
        min_by(one_per_term.ethnicity_code, one_per_term.place) as ethnicity_code,
        min_by(one_per_term.school_phase, one_per_term.place) as school_phase,
        min_by(one_per_term.school_type, one_per_term.place) as school_type,
        min_by(one_per_term.national_curriculum_year_code, one_per_term.place)
            as national_curriculum_year_code,
        cast(sum(one_per_term.possible_session_count) as integer) as possible_session_count,
        cast(sum(one_per_term.absent_session_count) as integer) as absent_session_count,
        bool_or(one_per_term.absence_term = 'summer') as has_summer_term,
        bool_or(terms_landed.has_two_terms) as has_two_terms_landed,
        min_by(one_per_term._delivery_id, one_per_term.place) as _delivery_id,
        min_by(one_per_term._source_file, one_per_term.place) as _source_file,
        min_by(one_per_term._source_line, one_per_term.place) as _source_line
    from one_per_term
    inner join years on one_per_term.start_year = years.start_year
    inner join terms_landed
        on one_per_term.la_code = terms_landed.la_code
            and one_per_term.start_year = terms_landed.start_year
    group by
        one_per_term.la_code,
        years.financial_year_label,
        one_per_term.school_number,
        one_per_term.pupil_key
)

select * from enrolments
