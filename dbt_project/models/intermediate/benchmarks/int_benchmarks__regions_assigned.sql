with neighbours_listed as (
    select * from {{ ref('int_benchmarks__neighbours_listed') }}
),

areas as (
    select * from {{ ref('ref_areas') }}
),

listed_regions as (
    select
        la_code,
        lower(max(region_name)) as region_name
    from neighbours_listed
    group by all
),

-- The neighbour list says which region an authority is compared with; ref_areas stands in for an
-- authority it does not have, or while none has landed.
assigned as (
    select
        authorities.la_code,
        coalesce(named_region.la_code, usual_region.la_code) as region_la_code
    from areas as authorities
    left join listed_regions on authorities.la_code = listed_regions.la_code
    left join areas as named_region on listed_regions.region_name = lower(named_region.tool_name)
    left join areas as usual_region on authorities.region_code = usual_region.area_code
    where authorities.area_type = 'local_authority' and authorities.is_newest_code
)

select * from assigned
