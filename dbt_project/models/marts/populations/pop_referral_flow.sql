with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'cin_census'
),

referrals as (
    select * from {{ ref('int_children_in_need__referrals') }}
),

assessments as (
    select * from {{ ref('int_children_in_need__assessments') }}
),

children as (
    select * from {{ ref('int_children_in_need__children') }}
),

-- Initial assessments ended with the census of 2012/13: later years have no such flow.
received as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        referral_date as counted_on,
        'referral' as event_kind,
        row_number() over (
            partition by la_code, period_label, child_id
            order by referral_date
        ) as event_number,
        _delivery_id,
        _source_file,
        _source_line
    from referrals
    where referral_date >= period_start and period_start < cast('2013-04-01' as date)
),

finished as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        clock_end_date as counted_on,
        'initial assessment' as event_kind,
        assessment_number as event_number,
        _delivery_id,
        _source_file,
        _source_line
    from assessments
    where
        assessment_kind = 'initial'
        and is_finished
        and clock_end_date >= period_start
        and coalesce(working_days, 0) >= 0
),

events as (
    select * from received
    union all
    select * from finished
),

described as (
    select
        events.*,
        years.area_code,
        children.date_of_birth,
        cast({{ age_in_years('children.date_of_birth', 'events.counted_on') }} as integer)
            as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from events
    inner join years
        on events.la_code = years.la_code
            and events.period_label = years.period_label
    left join children
        on events.la_code = children.la_code
            and events.period_label = children.period_label
            and events.child_id = children.child_id
),

members as (
    select
        concat(
            la_code, ':', period_label, ':', child_id, ':', event_kind, ':',
            cast(event_number as {{ dbt.type_string() }})
        ) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        event_kind = 'referral' as is_referral_received,
        event_kind = 'initial assessment' as is_initial_assessment_finished,
        case event_kind
            when 'referral' then 'Received in the year.'
            else 'Finished in the year, whenever the child was referred.'
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
