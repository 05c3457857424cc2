with results as (
    select * from {{ source('eyfsp', 'results') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        deliveries_in_force.la_code,
        deliveries_in_force.period_label,
        {{ academic_year_start('deliveries_in_force.period_label') }} as period_start,
        {{ academic_year_end('deliveries_in_force.period_label') }} as period_end,
        {{ clean_identifier('results.upn') }} as unique_pupil_number,
        {{ parse_integer('results.year') }} as result_year,
        {{ parse_integer('results.psed_dispositions') }} as dispositions_score,
        {{ parse_integer('results.psed_social') }} as social_score,
        {{ parse_integer('results.psed_emotional') }} as emotional_score,
        {{ parse_integer('results.cll_language') }} as language_score,
        {{ parse_integer('results.cll_sounds') }} as sounds_score,
        {{ parse_integer('results.cll_reading') }} as reading_score,
        {{ parse_integer('results.cll_writing') }} as writing_score,
        {{ parse_integer('results.maths_numbers') }} as numbers_score,
        {{ parse_integer('results.maths_calculating') }} as calculating_score,
        {{ parse_integer('results.maths_shape') }} as shape_score,
        {{ parse_integer('results.knowledge_understanding') }} as knowledge_score,
        {{ parse_integer('results.physical') }} as physical_score,
        {{ parse_integer('results.creative') }} as creative_score,
        {{ parse_integer('results.total') }} as total_score,
        {{ parse_boolean('results.gld') }} as good_level_flag,
        {{ clean_postcode('results.postcode') }} as home_postcode,
        {{ parse_integer('results.goal_listening') }} as goal_listening_score,
        {{ parse_integer('results.goal_understanding') }} as goal_understanding_score,
        {{ parse_integer('results.goal_speaking') }} as goal_speaking_score,
        {{ parse_integer('results.goal_moving') }} as goal_moving_score,
        {{ parse_integer('results.goal_health') }} as goal_health_score,
        {{ parse_integer('results.goal_confidence') }} as goal_confidence_score,
        {{ parse_integer('results.goal_behaviour') }} as goal_behaviour_score,
        {{ parse_integer('results.goal_relationships') }} as goal_relationships_score,
        {{ parse_integer('results.goal_reading') }} as goal_reading_score,
        {{ parse_integer('results.goal_writing') }} as goal_writing_score,
        {{ parse_integer('results.goal_numbers') }} as goal_numbers_score,
        {{ parse_integer('results.goal_shape') }} as goal_shape_score,
        {{ parse_integer('results.goal_people') }} as goal_people_score,
        {{ parse_integer('results.goal_world') }} as goal_world_score,
        {{ parse_integer('results.goal_technology') }} as goal_technology_score,
        {{ parse_integer('results.goal_media') }} as goal_media_score,
        {{ parse_integer('results.goal_imagination') }} as goal_imagination_score,
        {{ parse_integer('results.goal_listening_understanding') }}
            as goal_listening_understanding_score,
        {{ parse_integer('results.goal_self_regulation') }} as goal_self_regulation_score,
        {{ parse_integer('results.goal_managing_self') }} as goal_managing_self_score,
        {{ parse_integer('results.goal_building_relationships') }}
            as goal_building_relationships_score,
        {{ parse_integer('results.goal_gross_motor') }} as goal_gross_motor_score,
        {{ parse_integer('results.goal_fine_motor') }} as goal_fine_motor_score,
        {{ parse_integer('results.goal_comprehension') }} as goal_comprehension_score,
        {{ parse_integer('results.goal_word_reading') }} as goal_word_reading_score,
        {{ parse_integer('results.goal_numerical_patterns') }} as goal_numerical_patterns_score,
        {{ parse_integer('results.goal_past_present') }} as goal_past_present_score,
        {{ parse_integer('results.goal_people_culture') }} as goal_people_culture_score,
        {{ parse_integer('results.goal_natural_world') }} as goal_natural_world_score,
        {{ parse_integer('results.goal_creating') }} as goal_creating_score,
        {{ parse_integer('results.goal_expression') }} as goal_expression_score,
        results._delivery_id,
        results._source_file,
        results._source_line
    from results
    inner join deliveries_in_force
        on results._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
