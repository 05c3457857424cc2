with month_ends as (
    select * from {{ ref('int_returns__month_ends') }}
    where return_name = 'private_fostering' and is_past
),

arrangements as (
    select * from {{ ref('int_front_door__private_fostering') }}
),

children as (
    select * from {{ ref('int_front_door__children') }}
),

-- A child with two arrangements open is one child.
open_on_day as (
    select
        month_ends.area_code,
        month_ends.month_label,
        month_ends.month_start,
        month_ends.month_end,
        arrangements.*
    from arrangements
    inner join month_ends
        on arrangements.la_code = month_ends.la_code
            and arrangements.period_label = month_ends.year_label
            and arrangements.arrangement_start_date <= month_ends.month_end
            and (
                arrangements.arrangement_end_date is null
                or arrangements.arrangement_end_date > month_ends.month_end
            )
    qualify row_number() over (
            partition by arrangements.la_code, arrangements.child_id, month_ends.month_end
            order by arrangements.arrangement_start_date desc, arrangements.arrangement_id desc
        ) = 1
),

described as (
    select
        open_on_day.area_code,
        open_on_day.la_code,
        open_on_day.month_label,
        open_on_day.month_start,
        open_on_day.month_end,
        open_on_day.child_id,
        open_on_day.arrangement_start_date,
        coalesce(open_on_day.date_of_birth, children.date_of_birth) as date_of_birth,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability,
        open_on_day._delivery_id,
        open_on_day._source_file,
        open_on_day._source_line
    from open_on_day
    left join children
        on open_on_day.la_code = children.la_code
            and open_on_day.child_id = children.child_id
),

with_age as (
    select
        *,
        cast({{ age_in_years('date_of_birth', 'month_end') }} as integer) as age_years
    from described
),

members as (
    select
        concat(la_code, ':', month_label, ':', child_id) as member_id,
        area_code,
        la_code,
        month_label as period_label,
        month_start as period_start,
        month_end as period_end,
        child_id,
        month_end as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        true as is_privately_fostered,
        concat('Since ', cast(arrangement_start_date as {{ dbt.type_string() }}), '.') as reason,
        _delivery_id,
        _source_file,
        _source_line
    from with_age
)

select * from members
