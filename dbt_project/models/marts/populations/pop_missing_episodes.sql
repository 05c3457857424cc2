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

begun_in_year as (
    select
        *,
        substr(cast(missing_start_date as {{ dbt.type_string() }}), 1, 7) as missing_month
    from missing_episodes
    where missing_start_date >= period_start
),

-- Counting a child's first episode counts the children.
numbered as (
    select
        *,
        row_number() over (
            partition by la_code, period_label, child_id
            order by missing_start_at, missing_episode_id
        ) as number_in_year,
        row_number() over (
            partition by la_code, period_label, child_id, missing_month
            order by missing_start_at, missing_episode_id
        ) as number_in_month
    from begun_in_year
),

described as (
    select
        numbered.*,
        years.area_code,
        children.date_of_birth,
        cast({{ age_in_years('children.date_of_birth', 'numbered.missing_start_date') }} as integer)
            as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from numbered
    inner join years
        on numbered.la_code = years.la_code
            and numbered.period_label = years.period_label
    left join children
        on numbered.la_code = children.la_code
            and numbered.child_id = children.child_id
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
        number_in_year = 1 as is_first_of_child_in_year,
        number_in_month = 1 as is_first_of_child_in_month,
        is_looked_after as is_missing_while_looked_after,
        coalesce(missing_from = 'home', false) as is_missing_from_home,
        coalesce(missing_from = 'care', false) as is_missing_from_care,
        concat(
            'Episode ',
            cast(number_in_year as {{ dbt.type_string() }}),
            ' of the child in the year.'
        ) as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
