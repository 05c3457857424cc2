{% set typed_columns = [
    ('pupils', 'dob', 'date'),
    ('pupils', 'entry_date', 'date'),
    ('pupils', 'sessions_possible', 'integer'),
    ('pupils', 'sessions_authorised', 'integer'),
    ('pupils', 'sessions_unauthorised', 'integer'),
    ('pupils', 'term', 'term'),
    ('exclusions', 'start_date', 'date'),
    ('exclusions', 'sessions', 'integer'),
    ('exclusions', 'term', 'term'),
    ('session_details', 'sessions', 'integer'),
    ('session_details', 'term', 'term'),
    ('sen_needs', 'sen_type_rank', 'integer'),
    ('sen_needs', 'term', 'term'),
] %}

with deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

untyped_cells as (
    {{ untyped_values('school_census', typed_columns) }}
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
