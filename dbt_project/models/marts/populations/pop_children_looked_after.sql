with returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

episodes as (
    select * from {{ ref('int_looked_after__episodes') }}
),

placements as (
    select * from {{ ref('int_looked_after__placements') }}
),

children as (
    select * from {{ ref('int_looked_after__children') }}
),

unaccompanied_children as (
    select * from {{ ref('int_looked_after__unaccompanied_children') }}
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

-- Open on 31 March: started by then and not ended by the end of that day (edge case 65). A child
-- with two open episodes is one child; the latest that is no short break describes the child.
open_on_31_march as (
    select * from episodes
    where is_open_at_period_end
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by is_short_break asc, episode_start_date desc, episode_number desc
        ) = 1
),

placement_counts as (
    select
        la_code,
        period_label,
        child_id,
        count(*) as placement_count
    from placements
    where is_in_year
    group by all
),

described as (
    select
        returns.area_code,
        open_on_31_march.la_code,
        open_on_31_march.period_label,
        open_on_31_march.period_start,
        open_on_31_march.period_end,
        open_on_31_march.child_id,
        children.date_of_birth,
        cast(
            {{ age_in_years('children.date_of_birth', 'open_on_31_march.period_end') }} as integer
        ) as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(placement_types.placement_type, 'Unknown') as placement_type,
        coalesce(legal_statuses.legal_status, 'Unknown') as legal_status,
        coalesce(categories_of_need.label, 'Unknown') as category_of_need,
        {{ unaccompanied_on('open_on_31_march.period_end') }} as uasc,
        not open_on_31_march.is_short_break as is_looked_after,
        coalesce(placement_counts.placement_count, 0) as placement_count,
        open_on_31_march._source_file,
        open_on_31_march._source_line
    from open_on_31_march
    inner join returns
        on open_on_31_march.la_code = returns.la_code
            and open_on_31_march.period_label = returns.period_label
    left join children
        on open_on_31_march.la_code = children.la_code
            and open_on_31_march.period_label = children.period_label
            and open_on_31_march.child_id = children.child_id
    left join unaccompanied_children
        on open_on_31_march.la_code = unaccompanied_children.la_code
            and open_on_31_march.period_label = unaccompanied_children.period_label
            and open_on_31_march.child_id = unaccompanied_children.child_id
    left join placement_counts
        on open_on_31_march.la_code = placement_counts.la_code
            and open_on_31_march.period_label = placement_counts.period_label
            and open_on_31_march.child_id = placement_counts.child_id
    left join placement_types
        on open_on_31_march.placement_type_code = placement_types.code
    left join legal_statuses
        on open_on_31_march.legal_status_code = legal_statuses.code
    left join categories_of_need
        on open_on_31_march.category_of_need_code = categories_of_need.code
),

members as (
    select
        concat(la_code, ':', period_label, ':', child_id) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        placement_type,
        legal_status,
        category_of_need,
        uasc,
        is_looked_after,
        is_looked_after and placement_count >= 3 as has_three_or_more_placements,
        cast(placement_count as integer) as placement_count,
        _source_file,
        _source_line
    from described
)

select * from members
