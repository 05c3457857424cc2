with postcodes as (
    select * from {{ source('postcode_directory', 'postcodes') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        {{ clean_postcode('postcodes.postcode') }} as postcode,
        {{ clean_identifier('postcodes.district_code') }} as district_code,
        {{ parse_integer('postcodes.easting') }} as easting_metres,
        {{ parse_integer('postcodes.northing') }} as northing_metres,
        {{ parse_month('postcodes.terminated_on') }} as terminated_month,
        postcodes._delivery_id,
        postcodes._source_file,
        postcodes._source_line
    from postcodes
    inner join deliveries_in_force
        on postcodes._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
