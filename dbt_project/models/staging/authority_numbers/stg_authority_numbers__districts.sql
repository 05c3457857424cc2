with districts as (
    select * from {{ source('authority_numbers', 'districts') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        {{ clean_identifier('districts.district_code') }} as district_code,
        {{ clean_text('districts.district_name') }} as district_name,
        {{ clean_identifier('districts.upper_tier_code') }} as upper_tier_code,
        {{ clean_text('districts.upper_tier_name') }} as upper_tier_name,
        districts._delivery_id,
        districts._source_file,
        districts._source_line
    from districts
    inner join deliveries_in_force
        on districts._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
