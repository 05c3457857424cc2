with authorities as (
    select * from {{ source('published_statistics', 'authorities') }}
),

deliveries as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

cleaned as (
    select
        authorities._delivery_id as delivery_id,
        authorities._source_line as source_line,
        trim(authorities.la_number) as la_code,
        trim(authorities.la_name) as la_name,
        nullif(trim(authorities.region), 'NA') as region_name,
        nullif(trim(authorities.type), 'NA') as authority_type
    from authorities
    inner join deliveries on authorities._delivery_id = deliveries.delivery_id
)

select * from cleaned
