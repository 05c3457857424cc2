with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'missing_children'
),

missing_episodes as (
    select * from {{ ref('int_front_door__missing_episodes') }}
),

children as (
    select * from {{ ref('int_front_door__children') }}
),

begun as (
    select * from missing_episodes
    where missing_start_date >= period_start
),

described as (
    select
        begun.*,
        years.area_code,
        children.date_of_birth,
        cast(
            {{ age_in_years('children.date_of_birth', 'begun.missing_start_date') }} as integer
        ) as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from begun
    inner join years
        on begun.la_code = years.la_code
            and begun.period_label = years.period_label
    left join children
        on begun.la_code = children.la_code
            and begun.child_id = children.child_id
),

members as (
    select
        concat(la_code, ':', period_label, ':', missing_episode_id) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        missing_start_date as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        placement_type,
        social_care_status,
        true as is_missing_episode,
        is_looked_after as is_missing_while_looked_after,
        coalesce(missing_from = 'home', false) as is_missing_from_home,
        coalesce(missing_from = 'care', false) as is_missing_from_care,
        case
            when missing_end_at is null then 'Not known to have come back.'
            else concat('Came back on ', cast(missing_end_date as {{ dbt.type_string() }}), '.')
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
