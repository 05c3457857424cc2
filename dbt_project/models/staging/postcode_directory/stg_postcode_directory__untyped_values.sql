{% set typed_columns = [
    ('postcodes', 'easting', 'integer'),
    ('postcodes', 'northing', 'integer'),
    ('postcodes', 'terminated_on', 'month'),
] %}

with deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

untyped_cells as (
    {{ untyped_values('postcode_directory', typed_columns) }}
),

in_force as (
    select untyped_cells.*
    from untyped_cells
    inner join deliveries_in_force on untyped_cells._delivery_id = deliveries_in_force.delivery_id
)

select * from in_force
