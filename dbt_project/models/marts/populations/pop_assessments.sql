with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'cin_census'
),

assessments as (
    select * from {{ ref('int_children_in_need__assessments') }}
),

children as (
    select * from {{ ref('int_children_in_need__children') }}
),

in_year as (
    select * from assessments
    where
        is_finished and clock_end_date >= period_start
        or not is_finished and coalesce(clock_start_date, period_end) <= period_end
),

described as (
    select
        in_year.*,
        years.area_code,
        children.date_of_birth,
        cast({{ age_in_years('children.date_of_birth', 'in_year.clock_end_date') }} as integer)
            as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from in_year
    inner join years
        on in_year.la_code = years.la_code
            and in_year.period_label = years.period_label
    left join children
        on in_year.la_code = children.la_code
            and in_year.period_label = children.period_label
            and in_year.child_id = children.child_id
),

-- Finished before it began is a fault of the record: in no figure (edge case 10).
judged as (
    select
        *,
        is_finished and coalesce(working_days, 0) >= 0 as is_counted,
        coalesce(working_days <= limit_working_days, false) as is_within_limit
    from described
),

members as (
    select
        concat(
            la_code, ':', period_label, ':', child_id, ':', assessment_kind, ':',
            cast(assessment_number as {{ dbt.type_string() }})
        ) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        clock_end_date as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        assessment_kind,
        clock_start_date,
        limit_working_days,
        is_counted and assessment_kind = 'initial' as is_initial_assessment,
        is_counted and assessment_kind = 'initial' and is_within_limit
            as is_initial_assessment_in_time,
        is_counted and assessment_kind = 'core' as is_core_assessment,
        is_counted and assessment_kind = 'core' and is_within_limit as is_core_assessment_in_time,
        is_counted and assessment_kind = 'single' as is_single_assessment,
        is_counted and assessment_kind = 'single' and is_within_limit
            as is_single_assessment_in_time,
        not is_finished as is_open_assessment,
        not is_finished and coalesce(working_days > limit_working_days, false)
            as is_overdue_assessment,
        case when is_counted then working_days end as assessment_working_days,
        case
            when not is_finished then 'Open on 31 March.'
            when working_days < 0 then 'Left out: finished before it began.'
            when working_days is null then 'Not in time: it has no start.'
            else concat(
                    cast(working_days as {{ dbt.type_string() }}), ' working days of ',
                    cast(limit_working_days as {{ dbt.type_string() }}), '.'
                )
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from judged
)

select * from members
