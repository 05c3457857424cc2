with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'eyfsp'
),

profiles as (
    select * from {{ ref('int_schools__early_years_profiles') }}
),

pupils as (
    select * from {{ ref('int_schools__january_pupils') }}
    where pupil_number is not null
),

described as (
    select
        profiles.*,
        years.area_code,
        pupils.date_of_birth,
        cast({{ age_in_years('pupils.date_of_birth', 'profiles.period_end') }} as integer)
            as age_years,
        coalesce(pupils.sex, 'Unknown') as sex,
        coalesce(pupils.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(pupils.minority_ethnic, 'Unknown') as minority_ethnic,
        pupils.has_free_meals,
        pupils.has_special_needs
    from profiles
    inner join years
        on profiles.la_code = years.la_code
            and profiles.period_label = years.period_label
    left join pupils
        on profiles.la_code = pupils.la_code
            and profiles.period_label = pupils.period_label
            and profiles.pupil_number = pupils.pupil_number
),

-- The thirteen scales ended with 2011/12; totals of the goals that followed do not compare.
members as (
    select
        concat(la_code, ':', period_label, ':', pupil_number) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        pupil_number as child_id,
        {{ day_of_school_year('period_label', '06-30') }} as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        has_free_meals,
        has_special_needs,
        case when is_on_scales then total_score is not null end as is_assessed_on_scales,
        case
            when is_on_scales and total_score is not null
                then total_score >= 78 and coalesce(lowest_key_score >= 6, false)
        end as has_78_points_with_6_in_each,
        case when not is_on_scales then good_level_flag is not null end as is_assessed_on_goals,
        case when not is_on_scales then good_level_flag end as has_good_level_of_development,
        case when is_on_scales then total_score end as total_score,
        case
            when not is_on_scales then 'Assessed by the early learning goals.'
            when total_score is null then 'No total.'
            when total_score < 78
                then concat(cast(total_score as {{ dbt.type_string() }}), ' points, under 78.')
            when lowest_key_score is null then 'A scale of the seven has no score.'
            when lowest_key_score < 6
                then
                    concat(
                        cast(total_score as {{ dbt.type_string() }}), ' points, but ',
                        cast(lowest_key_score as {{ dbt.type_string() }}),
                        ' in a scale of personal development or communication.'
                    )
            else
                concat(
                    cast(total_score as {{ dbt.type_string() }}),
                    ' points with 6 or more in each of the seven scales.'
                )
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
