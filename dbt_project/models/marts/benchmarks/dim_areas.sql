with areas as (
    select * from {{ ref('ref_areas') }}
),

published_areas as (
    select
        area_code,
        la_code,
        area_name,
        area_type,
        region_code,
        valid_from,
        valid_to,
        is_newest_code
    from areas
),

-- The neighbours of an authority, taken together, are an area figures can be given for.
neighbour_groups as (
    select
        'sn:' || area_code as area_code,
        la_code,
        'Statistical neighbours of ' || area_name as area_name,
        'statistical_neighbours' as area_type,
        region_code,
        valid_from,
        valid_to,
        is_newest_code
    from areas
    where area_type = 'local_authority' and is_newest_code
),

all_areas as (
    select * from published_areas
    union all
    select * from neighbour_groups
)

select * from all_areas
