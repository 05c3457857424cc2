{% set typed_columns = [
    ('activities', 'month', 'month'),
    ('activities', 'dob', 'date'),
    ('activities', 'academic_age', 'integer'),
    ('activities', 'status_start', 'date'),
    ('activities', 'expired_flag', 'boolean'),
    ('activities', 'adjusted_weight', 'number'),
] %}

with deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

untyped_cells as (
    {{ untyped_values('nccis', typed_columns) }}
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
