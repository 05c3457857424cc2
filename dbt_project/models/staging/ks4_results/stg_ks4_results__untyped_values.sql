{% set typed_columns = [
    ('results', 'year', 'integer'),
    ('results', 'five_ac_em', 'boolean'),
    ('results', 'ac_em', 'boolean'),
    ('results', 'any_qual', 'boolean'),
    ('results', 'five_ac', 'boolean'),
    ('results', 'five_ag', 'boolean'),
    ('results', 'one_ag', 'boolean'),
    ('results', 'two_ac_science', 'boolean'),
    ('results', 'att8', 'number'),
    ('results', 'p8', 'number'),
] %}

with deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

untyped_cells as (
    {{ untyped_values('ks4_results', typed_columns) }}
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
