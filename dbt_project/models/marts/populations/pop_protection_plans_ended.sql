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

ended as (
    select
        *,
        -- First and last day both count: more than 729 is 730 days (LAIT; edge cases 36 to 38).
        cast({{ dbt.datediff('plan_start_date', 'plan_end_date', 'day') }} + 1 as integer)
            as plan_days
    from plans
    where plan_end_date >= period_start
),

described as (
    select
        ended.*,
        years.area_code,
        children.date_of_birth,
        cast({{ age_in_years('children.date_of_birth', 'ended.plan_end_date') }} as integer)
            as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from ended
    inner join years
        on ended.la_code = years.la_code
            and ended.period_label = years.period_label
    left join children
        on ended.la_code = children.la_code
            and ended.period_label = children.period_label
            and ended.child_id = children.child_id
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
        plan_end_date as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        plan_start_date,
        true as is_plan_ended,
        plan_days > 729 as is_two_year_plan,
        plan_days,
        latest_abuse_category_code,
        concat(
            'Lasted ', cast(plan_days as {{ dbt.type_string() }}), ' days, both ends counted.'
        ) as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
