with statistical_neighbours as (
    select * from {{ source('published_statistics', 'statistical_neighbours') }}
),

deliveries as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

cleaned as (
    select
        statistical_neighbours._delivery_id as delivery_id,
        statistical_neighbours._source_line as source_line,
        deliveries.received_at,
        trim(statistical_neighbours.model) as model,
        trim(statistical_neighbours.la_number) as la_code,
        trim(statistical_neighbours.region_name) as region_name,
        cast(trim(statistical_neighbours.neighbour_rank) as integer) as neighbour_rank,
        nullif(trim(statistical_neighbours.neighbour_la_number), '-') as neighbour_la_code,
        lower(trim(statistical_neighbours.closeness)) as closeness,
        trim(statistical_neighbours.listed_under_old_sns) = 'Y' as is_abolished
    from statistical_neighbours
    inner join deliveries on statistical_neighbours._delivery_id = deliveries.delivery_id
)

select * from cleaned
