with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'ks2_results'
),

results as (
    select * from {{ ref('int_schools__key_stage_2_attainment') }}
),

pupils as (
    select * from {{ ref('int_schools__january_pupils') }}
    where pupil_number is not null
),

members as (
    select
        concat(results.la_code, ':', results.period_label, ':', results.pupil_number)
            as member_id,
        years.area_code,
        results.la_code,
        results.period_label,
        results.period_start,
        results.period_end,
        results.pupil_number as child_id,
        {{ day_of_school_year('results.period_label', '06-30') }} as counted_on,
        pupils.date_of_birth,
        cast({{ age_in_years('pupils.date_of_birth', 'results.period_end') }} as integer)
            as age_years,
        {{ age_band(
            '(' ~ age_in_years('pupils.date_of_birth', 'results.period_end') ~ ')'
        ) }} as age_band,
        coalesce(pupils.sex, 'Unknown') as sex,
        coalesce(pupils.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(pupils.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(pupils.locality, 'Unknown') as locality,
        coalesce(pupils.pupil_ethnic_group, 'Unknown') as pupil_ethnic_group,
        pupils.has_free_meals,
        pupils.has_special_needs,
        results.is_level_year as is_judged_by_level,
        results.has_level_4_in_english,
        results.has_level_4_in_maths,
        results.has_level_4_in_english_and_maths,
        results.is_english_progress_measured,
        results.has_two_levels_of_progress_in_english,
        results.is_maths_progress_measured,
        results.has_two_levels_of_progress_in_maths,
        results.is_judged_by_standard,
        results.is_at_standard_in_reading,
        results.is_at_standard_in_writing,
        results.is_at_standard_in_maths,
        results.is_at_standard_in_gps,
        results.is_at_standard_in_all_three,
        results.reading_progress,
        results.writing_progress,
        results.maths_progress,
        results.reason,
        results._delivery_id,
        results._source_file,
        results._source_line
    from results
    inner join years
        on results.la_code = years.la_code
            and results.period_label = years.period_label
    left join pupils
        on results.la_code = pupils.la_code
            and results.period_label = pupils.period_label
            and results.pupil_number = pupils.pupil_number
)

select * from members
