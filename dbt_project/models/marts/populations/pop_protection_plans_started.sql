with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'cin_census'
),

plans as (
    select * from {{ ref('int_children_in_need__protection_plans') }}
),

children as (
    select * from {{ ref('int_children_in_need__children') }}
),

started as (
    select * from plans
    where plan_start_date >= period_start
),

described as (
    select
        started.*,
        years.area_code,
        children.date_of_birth,
        cast({{ age_in_years('children.date_of_birth', 'started.plan_start_date') }} as integer)
            as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from started
    inner join years
        on started.la_code = years.la_code
            and started.period_label = years.period_label
    left join children
        on started.la_code = children.la_code
            and started.period_label = children.period_label
            and started.child_id = children.child_id
),

members as (
    select
        concat(
            la_code, ':', period_label, ':', child_id, ':',
            cast(plan_start_date as {{ dbt.type_string() }})
        ) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        plan_start_date as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        true as is_plan_started,
        previous_plan_count > 0 as is_second_or_later_plan,
        coalesce(
            earlier_plan_end_date >= {{ dbt.dateadd('year', -2, 'plan_start_date') }}, false
        ) as is_second_plan_within_two_years,
        cast(previous_plan_count as integer) as previous_plan_count,
        earlier_plan_end_date,
        initial_abuse_category_code,
        case
            when previous_plan_count = 0 then 'First plan.'
            when earlier_plan_end_date is null
                then concat(
                        cast(previous_plan_count as {{ dbt.type_string() }}),
                        ' earlier plans, as the return says.'
                    )
            else concat(
                    cast(previous_plan_count as {{ dbt.type_string() }}),
                    ' earlier plans, the last to end by ',
                    cast(earlier_plan_end_date as {{ dbt.type_string() }}), '.'
                )
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
