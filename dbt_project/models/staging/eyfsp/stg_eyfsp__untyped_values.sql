{% set typed_columns = [
    ('results', 'year', 'integer'),
    ('results', 'psed_dispositions', 'integer'),
    ('results', 'psed_social', 'integer'),
    ('results', 'psed_emotional', 'integer'),
    ('results', 'cll_language', 'integer'),
    ('results', 'cll_sounds', 'integer'),
    ('results', 'cll_reading', 'integer'),
    ('results', 'cll_writing', 'integer'),
    ('results', 'maths_numbers', 'integer'),
    ('results', 'maths_calculating', 'integer'),
    ('results', 'maths_shape', 'integer'),
    ('results', 'knowledge_understanding', 'integer'),
    ('results', 'physical', 'integer'),
    ('results', 'creative', 'integer'),
    ('results', 'total', 'integer'),
    ('results', 'gld', 'boolean'),
    ('results', 'goal_listening', 'integer'),
    ('results', 'goal_understanding', 'integer'),
    ('results', 'goal_speaking', 'integer'),
    ('results', 'goal_moving', 'integer'),
    ('results', 'goal_health', 'integer'),
    ('results', 'goal_confidence', 'integer'),
    ('results', 'goal_behaviour', 'integer'),
    ('results', 'goal_relationships', 'integer'),
    ('results', 'goal_reading', 'integer'),
    ('results', 'goal_writing', 'integer'),
    ('results', 'goal_numbers', 'integer'),
    ('results', 'goal_shape', 'integer'),
    ('results', 'goal_people', 'integer'),
    ('results', 'goal_world', 'integer'),
    ('results', 'goal_technology', 'integer'),
    ('results', 'goal_media', 'integer'),
    ('results', 'goal_imagination', 'integer'),
    ('results', 'goal_listening_understanding', 'integer'),
    ('results', 'goal_self_regulation', 'integer'),
    ('results', 'goal_managing_self', 'integer'),
    ('results', 'goal_building_relationships', 'integer'),
    ('results', 'goal_gross_motor', 'integer'),
    ('results', 'goal_fine_motor', 'integer'),
    ('results', 'goal_comprehension', 'integer'),
    ('results', 'goal_word_reading', 'integer'),
    ('results', 'goal_numerical_patterns', 'integer'),
    ('results', 'goal_past_present', 'integer'),
    ('results', 'goal_people_culture', 'integer'),
    ('results', 'goal_natural_world', 'integer'),
    ('results', 'goal_creating', 'integer'),
    ('results', 'goal_expression', 'integer'),
] %}

with deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

untyped_cells as (
    {{ untyped_values('eyfsp', typed_columns) }}
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
