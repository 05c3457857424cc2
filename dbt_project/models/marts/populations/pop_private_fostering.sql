with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'private_fostering'
),

arrangements as (
    select * from {{ ref('int_front_door__private_fostering') }}
),

children as (
    select * from {{ ref('int_front_door__children') }}
),

described as (
    select
        arrangements.la_code,
        years.area_code,
        arrangements.period_label,
        arrangements.period_start,
        arrangements.period_end,
        arrangements.arrangement_id,
        arrangements.child_id,
        arrangements.notification_date,
        arrangements.arrangement_start_date,
        arrangements.arrangement_end_date,
        coalesce(arrangements.date_of_birth, children.date_of_birth) as date_of_birth,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability,
        arrangements._delivery_id,
        arrangements._source_file,
        arrangements._source_line
    from arrangements
    inner join years
        on arrangements.la_code = years.la_code
            and arrangements.period_label = years.period_label
    left join children
        on arrangements.la_code = children.la_code
            and arrangements.child_id = children.child_id
),

with_age as (
    select
        *,
        cast({{ age_in_years('date_of_birth', 'period_end') }} as integer) as age_years
    from described
),

members as (
    select
        concat(la_code, ':', period_label, ':', arrangement_id) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        period_end as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        notification_date,
        arrangement_start_date,
        arrangement_end_date,
        arrangement_end_date is null as is_privately_fostered,
        arrangement_start_date >= period_start as is_arrangement_begun,
        coalesce(arrangement_end_date >= period_start, false) as is_arrangement_ended,
        coalesce(notification_date >= period_start and notification_date <= period_end, false)
            as is_arrangement_notified,
        case
            when arrangement_end_date is null then 'Open on 31 March.'
            else concat('Ended on ', cast(arrangement_end_date as {{ dbt.type_string() }}), '.')
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from with_age
)

select * from members
