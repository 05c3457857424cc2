with children as (
    select * from {{ ref('int_looked_after__children_on_31_march') }}
),

placements as (
    select * from {{ ref('int_looked_after__placements') }}
),

descriptions as (
    select * from {{ ref('int_looked_after__descriptions') }}
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
        concat(children.la_code, ':', children.period_label, ':', children.child_id)
            as member_id,
        children.area_code,
        children.la_code,
        children.period_label,
        children.period_start,
        children.period_end,
        children.child_id,
        children.period_end as counted_on,
        {{ described_on('children.period_end') }},
        not children.is_short_break as is_looked_after,
        cast(coalesce(placement_counts.placement_count, 0) as integer) as placement_count,
        children.care_night_count,
        cast(children.distance_miles as double) as distance_miles,
        coalesce(
            children.placement_provider_code = 'PR1'
            and substr(children.placement_type_code, 1, 1) in ('F', 'Q', 'U'),
            false
        ) as is_with_own_foster_carers,
        children._delivery_id,
        children._source_file,
        children._source_line
    from children
    inner join descriptions
        on children.la_code = descriptions.la_code
            and children.period_label = descriptions.period_label
            and children.child_id = descriptions.child_id
            and children.episode_number = descriptions.episode_number
    left join placement_counts
        on children.la_code = placement_counts.la_code
            and children.period_label = placement_counts.period_label
            and children.child_id = placement_counts.child_id
),

members as (
    select
        member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        counted_on,
        date_of_birth,
        age_years,
        age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        locality,
        placement_type,
        legal_status,
        category_of_need,
        uasc,
        is_looked_after,
        is_looked_after and placement_count >= 3 as has_three_or_more_placements,
        is_looked_after and is_with_own_foster_carers as is_fostered_in_house,
        is_looked_after and distance_miles is not null as has_known_distance,
        is_looked_after and coalesce(distance_miles < 20, false) as is_placed_within_20_miles,
        placement_count,
        care_night_count,
        distance_miles,
        case
            when not is_looked_after then 'In a series of short breaks'
            when placement_count = 1 then 'Looked after in 1 placement'
            else concat(
                    'Looked after in ',
                    cast(placement_count as {{ dbt.type_string() }}),
                    ' placements'
                )
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
