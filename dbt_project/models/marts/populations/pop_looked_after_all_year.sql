with children as (
    select * from {{ ref('int_looked_after__children_on_31_march') }}
    where not is_short_break
),

short_breaks as (
    select distinct
        la_code,
        period_label,
        child_id
    from {{ ref('int_looked_after__periods_of_care') }}
    where is_short_break and coalesce(care_end_date > period_start, true)
),

health_outcomes as (
    select * from {{ ref('int_looked_after__health_outcomes') }}
),

descriptions as (
    select * from {{ ref('int_looked_after__descriptions') }}
),

-- Looked after by 1 April and without a break since; a short break in the year fails it (edge cases
-- 134 to 136).
described as (
    select
        concat(children.la_code, ':', children.period_label, ':', children.child_id)
            as member_id,
        children.area_code,
        children.la_code,
        children.period_label,
        children.period_start,
        children.period_end,
        children.child_id,
        children.period_end as counted_on,
        {{ described_on('children.period_end') }},
        children.care_start_date,
        health_outcomes.sdq_score,
        children.care_start_date <= children.period_start as is_in_care_by_1_april,
        short_breaks.child_id is not null as has_short_break_in_year,
        health_outcomes.child_id is not null as has_answers,
        coalesce(health_outcomes.has_immunisations, false) as is_immunised,
        coalesce(health_outcomes.has_dental_check, false) as is_dentally_checked,
        coalesce(health_outcomes.has_health_assessment, false) as is_health_assessed,
        coalesce(health_outcomes.has_development_checks, false) as is_development_checked,
        coalesce(health_outcomes.has_substance_misuse, false) as is_misusing,
        coalesce(health_outcomes.has_intervention, false) as is_helped,
        coalesce(health_outcomes.is_convicted, false) as is_found_guilty,
        coalesce(health_outcomes._delivery_id, children._delivery_id) as _delivery_id,
        coalesce(health_outcomes._source_file, children._source_file) as _source_file,
        coalesce(health_outcomes._source_line, children._source_line) as _source_line
    from children
    inner join descriptions
        on children.la_code = descriptions.la_code
            and children.period_label = descriptions.period_label
            and children.child_id = descriptions.child_id
            and children.episode_number = descriptions.episode_number
    left join short_breaks
        on children.la_code = short_breaks.la_code
            and children.period_label = short_breaks.period_label
            and children.child_id = short_breaks.child_id
    left join health_outcomes
        on children.la_code = health_outcomes.la_code
            and children.period_label = health_outcomes.period_label
            and children.child_id = health_outcomes.child_id
),

cohort as (
    select
        *,
        is_in_care_by_1_april and not has_short_break_in_year as is_looked_after_all_year,
        coalesce(
            age_years between case
                when '{{ reading("ni58_age_rule") }}' = 'collection' then 4
                when period_end < cast('2011-03-31' as date) then 4
                else 5
            end and 16,
            false
        ) as is_of_age_for_sdq
    from described
),

members as (
    select
        member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
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
        care_start_date,
        is_looked_after_all_year,
        is_looked_after_all_year and is_of_age_for_sdq as is_sdq_expected,
        is_looked_after_all_year and is_of_age_for_sdq and sdq_score is not null as has_sdq_score,
        case when is_looked_after_all_year and is_of_age_for_sdq then sdq_score end as sdq_score,
        is_looked_after_all_year and is_immunised as has_immunisations,
        is_looked_after_all_year and is_dentally_checked as has_dental_check,
        is_looked_after_all_year and is_health_assessed as has_health_assessment,
        is_looked_after_all_year and coalesce(age_years < 5, false)
            as is_development_check_expected,
        is_looked_after_all_year and coalesce(age_years < 5, false) and is_development_checked
            as has_development_checks,
        is_looked_after_all_year and is_misusing as has_substance_misuse,
        is_looked_after_all_year and is_misusing and is_helped as has_substance_misuse_help,
        is_looked_after_all_year and coalesce(age_years >= 10, false) as is_of_age_for_offending,
        is_looked_after_all_year and coalesce(age_years >= 10, false) and is_found_guilty
            as has_conviction,
        case
            when not is_in_care_by_1_april then 'Care began after 1 April'
            when has_short_break_in_year then 'A short break in the year'
            when not has_answers then 'Looked after all year, without answers in the return'
            else 'Looked after all year'
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from cohort
)

select * from members
