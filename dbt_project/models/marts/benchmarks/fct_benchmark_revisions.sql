with revisions_found as (
    select * from {{ ref('int_benchmarks__revisions_found') }}
),

dim_areas as (
    select * from {{ ref('dim_areas') }}
),

areas as (
    select
        area_code,
        la_code
    from dim_areas
    where is_newest_code and area_type <> 'statistical_neighbours'
),

placed as (
    select
        revisions_found.source,
        revisions_found.measure_id,
        areas.area_code,
        revisions_found.source_period,
        revisions_found.previous_value,
        revisions_found.new_value,
        revisions_found.previous_status,
        revisions_found.new_status,
        revisions_found.previous_delivery_id,
        revisions_found.new_delivery_id,
        revisions_found.previous_release,
        revisions_found.new_release
    from revisions_found
    inner join areas on revisions_found.la_code = areas.la_code
)

select * from placed
