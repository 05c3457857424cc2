{% set typed_columns = [
    ('findings', 'acknowledged_on', 'date'),
] %}

with deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

untyped_cells as (
    {{ untyped_values('acknowledgements', typed_columns) }}
),

in_force as (
    select
        deliveries_in_force.la_code,
        deliveries_in_force.period_label,
        untyped_cells.*
    from untyped_cells
    inner join deliveries_in_force on untyped_cells._delivery_id = deliveries_in_force.delivery_id
)

select * from in_force
