with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'school_census'
),

exclusions as (
    select * from {{ ref('int_schools__exclusions') }}
),

ethnicities as (
    select * from {{ ref('ref_ethnicity') }}
),

described as (
    select
        exclusions.*,
        years.area_code,
        cast(
            {{ age_in_years('exclusions.date_of_birth', 'exclusions.exclusion_start_date') }}
            as integer
        ) as age_years,
        coalesce(ethnicities.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(ethnicities.minority_ethnic, 'Unknown') as minority_ethnic
    from exclusions
    inner join years
        on exclusions.la_code = years.la_code
            and exclusions.period_label = years.period_label
    left join ethnicities on exclusions.ethnicity_code = ethnicities.code
),

members as (
    select
        concat(la_code, ':', period_label, ':', exclusion_key) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        pupil_number as child_id,
        exclusion_start_date as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        exclusion_category_code = 'PERM' as is_permanent_exclusion,
        exclusion_category_code = 'SUSP' as is_fixed_term_exclusion,
        excluded_session_count,
        case exclusion_category_code
            when 'PERM' then 'Permanent exclusion.'
            when 'SUSP' then 'For a fixed term.'
            when 'LNCH' then 'For lunchtimes only.'
            else 'Of a kind that has no code.'
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
