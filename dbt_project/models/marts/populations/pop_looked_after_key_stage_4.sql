with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'ks4_results'
),

children as (
    select * from {{ ref('pop_looked_after_all_year') }}
),

pupil_numbers as (
    select * from {{ ref('int_schools__looked_after_pupils') }}
),

key_stage_4_results as (
    select * from {{ ref('int_schools__key_stage_4_results') }}
),

-- A child with results under two of its numbers has those sent last.
results as (
    select
        pupil_numbers.child_id,
        key_stage_4_results.*
    from key_stage_4_results
    inner join pupil_numbers
        on key_stage_4_results.la_code = pupil_numbers.la_code
            and key_stage_4_results.period_label = pupil_numbers.period_label
            and key_stage_4_results.pupil_number = pupil_numbers.pupil_number
    qualify row_number() over (
            partition by
                key_stage_4_results.la_code,
                key_stage_4_results.period_label,
                pupil_numbers.child_id
            order by key_stage_4_results._delivery_id desc, key_stage_4_results._source_line desc
        ) = 1
),

-- Looked after on 31 March and 15 on 31 August before the school year: those of the age of year 11.
cohort as (
    select children.*
    from children
    inner join years
        on children.la_code = years.la_code
            and children.period_label = years.period_label
    where
        {{ age_in_years(
            'children.date_of_birth', august_31_before('years.period_label')
        ) }} = 15
),

members as (
    select
        concat(cohort.la_code, ':', cohort.period_label, ':', cohort.child_id) as member_id,
        cohort.area_code,
        cohort.la_code,
        cohort.period_label,
        {{ academic_year_start('cohort.period_label') }} as period_start,
        {{ academic_year_end('cohort.period_label') }} as period_end,
        cohort.child_id,
        cohort.counted_on,
        cohort.date_of_birth,
        cohort.age_years,
        cohort.age_band,
        cohort.sex,
        cohort.ethnic_group,
        cohort.minority_ethnic,
        cohort.disability,
        cohort.locality,
        cohort.placement_type,
        cohort.legal_status,
        cohort.category_of_need,
        cohort.uasc,
        results.child_id is not null as is_matched,
        results.child_id is not null and cohort.is_looked_after_all_year as is_matched_all_year,
        coalesce(results.has_five_with_english_maths, false) as has_five_with_english_maths,
        coalesce(results.has_english_maths, false) as has_english_maths,
        coalesce(results.has_any_qualification, false) as has_any_qualification,
        coalesce(
            results.has_one_a_to_g is not null
            and results.has_five_a_to_g is not null
            and results.has_five_a_to_c is not null,
            false
        ) as is_grade_count_returned,
        results.has_one_a_to_g,
        results.has_five_a_to_g,
        results.has_five_a_to_c,
        results.attainment_8_score,
        results.progress_8_score,
        case
            when results.child_id is null then 'No result under a pupil number of the child.'
            when not cohort.is_looked_after_all_year then 'Looked after for less than 12 months.'
            when results.has_five_with_english_maths
                then 'Five or more A* to C with English and maths.'
            else 'Fewer than five A* to C with English and maths.'
        end as reason,
        coalesce(results._delivery_id, cohort._delivery_id) as _delivery_id,
        coalesce(results._source_file, cohort._source_file) as _source_file,
        coalesce(results._source_line, cohort._source_line) as _source_line
    from cohort
    left join results
        on cohort.la_code = results.la_code
            and cohort.period_label = results.period_label
            and cohort.child_id = results.child_id
)

select * from members
