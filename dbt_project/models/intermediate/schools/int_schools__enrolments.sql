with pupils as (
    select * from {{ ref('stg_school_census__pupils') }}
    where term is not null
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
        coalesce(
            {{ clean_pupil_number('unique_pupil_number') }}, concat('school ', school_pupil_id)
        ) as pupil_key,
        {{ clean_pupil_number('unique_pupil_number') }} as pupil_number,
        date_of_birth,
        sex,
        ethnicity_code,
        school_phase,
        school_type,
        national_curriculum_year_code,
        possible_session_count,
        coalesce(authorised_absence_session_count, 0)
        + coalesce(unauthorised_absence_session_count, 0) as absent_session_count,
        _delivery_id,
        _source_file,
        _source_line
    from pupils
),

-- A pupil who stands twice in a school's file of a term attended it once.
one_per_term as (
    select * from absences
    where pupil_key is not null and possible_session_count > 0
    qualify row_number() over (
            partition by la_code, start_year, absence_term, school_number, pupil_key
            order by _delivery_id desc, _source_line asc
        ) = 1
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

-- The facts of the spring term's census row stand for the year where there is one.
ranked as (
    select
        *,
        row_number() over (
            partition by la_code, start_year, school_number, pupil_key
            order by case absence_term when 'autumn' then 1 when 'spring' then 2 else 3 end
        ) as place
    from one_per_term
),

enrolments as (
    select
        ranked.la_code,
        years.financial_year_label as period_label,
        {{ academic_year_start('years.financial_year_label') }} as period_start,
        {{ academic_year_end('years.financial_year_label') }} as period_end,
        ranked.school_number,
        ranked.pupil_key,
        max(ranked.pupil_number) as pupil_number,
        min_by(ranked.date_of_birth, ranked.place) as date_of_birth,
        min_by(ranked.sex, ranked.place) as sex,
        min_by(ranked.ethnicity_code, ranked.place) as ethnicity_code,
        min_by(ranked.school_phase, ranked.place) as school_phase,
        min_by(ranked.school_type, ranked.place) as school_type,
        min_by(ranked.national_curriculum_year_code, ranked.place)
            as national_curriculum_year_code,
        cast(sum(ranked.possible_session_count) as integer) as possible_session_count,
        cast(sum(ranked.absent_session_count) as integer) as absent_session_count,
        bool_or(ranked.absence_term = 'summer') as has_summer_term,
        bool_or(terms_landed.has_two_terms) as has_two_terms_landed,
        min_by(ranked._delivery_id, ranked.place) as _delivery_id,
        min_by(ranked._source_file, ranked.place) as _source_file,
        min_by(ranked._source_line, ranked.place) as _source_line
    from ranked
    inner join years on ranked.start_year = years.start_year
    inner join terms_landed
        on ranked.la_code = terms_landed.la_code
            and ranked.start_year = terms_landed.start_year
    group by
        ranked.la_code,
        years.financial_year_label,
        ranked.school_number,
        ranked.pupil_key
)

select * from enrolments
