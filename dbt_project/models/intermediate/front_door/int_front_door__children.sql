with children_in_need as (
    select * from {{ ref('int_children_in_need__children') }}
),

looked_after_children as (
    select * from {{ ref('int_looked_after__children') }}
),

mentions as (
    select
        la_code,
        child_id,
        period_label,
        'cin_census' as return_name,
        date_of_birth,
        sex,
        ethnic_group,
        minority_ethnic,
        disability
    from children_in_need
    union all
    select
        la_code,
        child_id,
        period_label,
        'ssda903' as return_name,
        date_of_birth,
        sex,
        ethnic_group,
        minority_ethnic,
        'Unknown' as disability
    from looked_after_children
),

ranked as (
    select
        *,
        row_number() over (
            partition by la_code, child_id
            order by period_label desc, return_name asc
        ) as place
    from mentions
),

-- What the newest return that knows a fact says of it.
known as (
    select
        la_code,
        child_id,
        min_by(date_of_birth, place) filter (where date_of_birth is not null) as date_of_birth,
        coalesce(min_by(sex, place) filter (where sex <> 'Unknown'), 'Unknown') as sex,
        coalesce(
            min_by(ethnic_group, place) filter (where ethnic_group <> 'Unknown'), 'Unknown'
        ) as ethnic_group,
        coalesce(
            min_by(minority_ethnic, place) filter (where minority_ethnic <> 'Unknown'), 'Unknown'
        ) as minority_ethnic,
        coalesce(min_by(disability, place) filter (where disability <> 'Unknown'), 'Unknown')
            as disability
    from ranked
    group by all
)

select * from known
