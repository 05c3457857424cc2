with areas as (
    select * from {{ ref('ref_areas') }}
),

home_area as (
    select
        area_code,
        region_code
    from areas
    where
        area_type = 'local_authority'
        and is_newest_code
        and la_code = '{{ var("home_la_code") }}'
),

named as (
    select
        'home' as area,
        area_code
    from home_area
    union all
    select
        'statistical_neighbours' as area,
        concat('sn:', area_code) as area_code
    from home_area
    union all
    select
        'region' as area,
        region_code as area_code
    from home_area
    union all
    select
        'england' as area,
        area_code
    from areas
    where area_type = 'country'
)

select * from named
