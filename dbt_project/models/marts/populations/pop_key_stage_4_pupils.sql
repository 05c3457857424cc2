with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'ks4_results'
),

results as (
    select * from {{ ref('int_schools__key_stage_4_results') }}
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
        true as is_key_stage_4_pupil,
        results.has_five_with_english_maths,
        results.has_english_maths,
        results.has_any_qualification,
        results.has_two_sciences is not null as is_science_returned,
        results.has_two_sciences,
        results.has_one_a_to_g is not null
        and results.has_five_a_to_g is not null
        and results.has_five_a_to_c is not null as is_grade_count_returned,
        results.has_five_a_to_c,
        results.has_five_a_to_g,
        results.has_one_a_to_g,
        results.attainment_8_score,
        results.progress_8_score,
        case
            when results.has_five_with_english_maths
                then 'Five or more A* to C with English and maths.'
            when results.has_english_maths then 'English and maths, but fewer than five A* to C.'
            when results.has_five_a_to_c then 'Five A* to C without English and maths.'
            else 'Fewer than five A* to C with English and maths.'
        end as reason,
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
