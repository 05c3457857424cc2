{% set typed_columns = [
    ('header', 'dob', 'date'),
    ('header', 'mc_dob', 'date'),
    ('episodes', 'decom', 'date'),
    ('episodes', 'dec', 'date'),
    ('episodes', 'pl_distance', 'number'),
    ('reviews', 'dob', 'date'),
    ('reviews', 'review', 'date'),
    ('oc2', 'dob', 'date'),
    ('oc2', 'sdq_score', 'integer'),
    ('oc3', 'dob', 'date'),
    ('ad1', 'dob', 'date'),
    ('ad1', 'date_int', 'date'),
    ('ad1', 'date_match', 'date'),
    ('ad1', 'nb_adoptr', 'integer'),
    ('placed_for_adoption', 'dob', 'date'),
    ('placed_for_adoption', 'date_placed', 'date'),
    ('placed_for_adoption', 'date_placed_ceased', 'date'),
    ('missing', 'dob', 'date'),
    ('missing', 'mis_start', 'date'),
    ('missing', 'mis_end', 'date'),
    ('uasc', 'dob', 'date'),
    ('uasc', 'duc', 'date'),
    ('previous_permanence', 'dob', 'date'),
    ('previous_permanence', 'date_perm', 'part_date'),
    ('sw_episodes', 'dob', 'date'),
    ('sw_episodes', 'sw_decom', 'date'),
    ('sw_episodes', 'sw_dec', 'date'),
    ('dolo', 'dob', 'date'),
    ('dolo', 'dolo_start', 'date'),
    ('dolo', 'dolo_end', 'date'),
] %}

with deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

untyped_cells as (
    {{ untyped_values('ssda903', typed_columns) }}
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
