with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'ks2_results'
),

children as (
    select * from {{ ref('pop_looked_after_all_year') }}
),

pupil_numbers as (
    select * from {{ ref('int_schools__looked_after_pupils') }}
),

attainment as (
    select * from {{ ref('int_schools__key_stage_2_attainment') }}
),

-- A child with results under two of its numbers has those sent last.
results as (
    select
        pupil_numbers.child_id,
        attainment.*
    from attainment
    inner join pupil_numbers
        on attainment.la_code = pupil_numbers.la_code
            and attainment.period_label = pupil_numbers.period_label
            and attainment.pupil_number = pupil_numbers.pupil_number
    qualify row_number() over (
            partition by attainment.la_code, attainment.period_label, pupil_numbers.child_id
            order by attainment._delivery_id desc, attainment._source_line desc
        ) = 1
),

-- Looked after on 31 March and 10 on 31 August before the school year: those of the age of year 6.
cohort as (
    select
        children.*,
        years.period_label = '2009/10' as is_boycott_year
    from children
    inner join years
        on children.la_code = years.la_code
            and children.period_label = years.period_label
    where
        {{ age_in_years(
            'children.date_of_birth', august_31_before('years.period_label')
        ) }} = 10
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
        cohort.is_looked_after_all_year,
        coalesce(
            results.is_level_year
            and cohort.is_looked_after_all_year
            and (results.has_english_result or not cohort.is_boycott_year),
            false
        ) as is_judged_in_english,
        results.has_level_4_in_english,
        coalesce(
            results.is_level_year
            and cohort.is_looked_after_all_year
            and (results.has_maths_result or not cohort.is_boycott_year),
            false
        ) as is_judged_in_maths,
        results.has_level_4_in_maths,
        coalesce(results.is_judged_by_standard, false) as is_judged_by_standard,
        coalesce(results.is_judged_by_standard and cohort.is_looked_after_all_year, false)
            as is_all_year_judged_by_standard,
        results.is_at_standard_in_reading,
        results.is_at_standard_in_writing,
        results.is_at_standard_in_maths,
        results.is_at_standard_in_gps,
        results.is_at_standard_in_all_three,
        results.reading_progress,
        results.writing_progress,
        results.maths_progress,
        case
            when results.child_id is null then 'No result under a pupil number of the child.'
            when not cohort.is_looked_after_all_year
                then concat('Looked after for less than 12 months. ', results.reason)
            else results.reason
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
