with returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

children as (
    select * from {{ ref('int_looked_after__children') }}
),

unaccompanied_children as (
    select * from {{ ref('int_looked_after__unaccompanied_children') }}
),

care_leavers as (
    select * from {{ ref('stg_ssda903__care_leavers') }}
),

reviews as (
    select * from {{ ref('stg_ssda903__reviews') }}
),

missing_episodes as (
    select * from {{ ref('stg_ssda903__missing_episodes') }}
),

children_in_need as (
    select * from {{ ref('int_children_in_need__children') }}
),

placement_types as (
    select * from {{ ref('ref_placement_type') }}
),

legal_statuses as (
    select * from {{ ref('ref_legal_status') }}
),

categories_of_need as (
    select * from {{ ref('ref_category_of_need') }}
),

localities as (
    select * from {{ ref('ref_localities') }}
),

named_children as (
    select
        la_code,
        period_label,
        child_id
    from children
    union distinct
    select
        la_code,
        period_label,
        child_id
    from care_leavers
    union distinct
    select
        la_code,
        period_label,
        child_id
    from reviews
    union distinct
    select
        la_code,
        period_label,
        child_id
    from missing_episodes
),

-- A care leaver whom the header lacks is as old as the leavers' table says.
leavers_births as (
    select
        la_code,
        period_label,
        child_id,
        max(date_of_birth) as date_of_birth
    from care_leavers
    group by all
),

-- What the newest children-in-need census to the year says of a disability, by the number that both
-- returns know the child by.
disabilities as (
    select
        returns.la_code,
        returns.period_label,
        children_in_need.child_id,
        children_in_need.disability
    from returns
    inner join children_in_need
        on returns.la_code = children_in_need.la_code
            and returns.period_label >= children_in_need.period_label
    qualify row_number() over (
            partition by returns.la_code, returns.period_label, children_in_need.child_id
            order by children_in_need.period_label desc
        ) = 1
),

-- Number 0 is the child with no episode: a care leaver, or one the episodes table lacks.
to_describe as (
    select
        la_code,
        period_label,
        child_id,
        0 as episode_number,
        cast(null as {{ dbt.type_string() }}) as placement_type_code,
        cast(null as {{ dbt.type_string() }}) as legal_status_code,
        cast(null as {{ dbt.type_string() }}) as category_of_need_code,
        cast(null as {{ dbt.type_string() }}) as home_postcode
    from named_children
    where child_id is not null
    union all
    select
        la_code,
        period_label,
        child_id,
        episode_number,
        placement_type_code,
        legal_status_code,
        category_of_need_code,
        home_postcode
    from histories
),

-- A child is unaccompanied until the status ceased: 9999 while it lasts, year 1 for a child who
-- never was, and null where the return lacks the table that says so.
described as (
    select
        returns.area_code,
        to_describe.la_code,
        to_describe.period_label,
        to_describe.child_id,
        to_describe.episode_number,
        case
            when children.child_id is null then leavers_births.date_of_birth
            else children.date_of_birth
        end as date_of_birth,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(disabilities.disability, 'Unknown') as disability,
        {{ locality_of('to_describe.home_postcode') }} as locality,
        coalesce(placement_types.placement_type, 'Unknown') as placement_type,
        coalesce(legal_statuses.legal_status, 'Unknown') as legal_status,
        coalesce(categories_of_need.label, 'Unknown') as category_of_need,
        case
            when unaccompanied_children.child_id is not null
                then coalesce(
                        unaccompanied_children.unaccompanied_end_date, cast('9999-12-31' as date)
                    )
            when children.unaccompanied_code = '1' then cast('9999-12-31' as date)
            when returns.has_uasc_table or children.unaccompanied_code = '0'
                then cast('0001-01-01' as date)
        end as unaccompanied_until
    from to_describe
    inner join returns
        on to_describe.la_code = returns.la_code
            and to_describe.period_label = returns.period_label
    left join children
        on to_describe.la_code = children.la_code
            and to_describe.period_label = children.period_label
            and to_describe.child_id = children.child_id
    left join unaccompanied_children
        on to_describe.la_code = unaccompanied_children.la_code
            and to_describe.period_label = unaccompanied_children.period_label
            and to_describe.child_id = unaccompanied_children.child_id
    left join leavers_births
        on to_describe.la_code = leavers_births.la_code
            and to_describe.period_label = leavers_births.period_label
            and to_describe.child_id = leavers_births.child_id
    left join disabilities
        on to_describe.la_code = disabilities.la_code
            and to_describe.period_label = disabilities.period_label
            and to_describe.child_id = disabilities.child_id
    left join localities
        on {{ is_in_locality('to_describe.la_code', 'to_describe.home_postcode') }}
    left join placement_types on to_describe.placement_type_code = placement_types.code
    left join legal_statuses on to_describe.legal_status_code = legal_statuses.code
    left join categories_of_need on to_describe.category_of_need_code = categories_of_need.code
)

select * from described
