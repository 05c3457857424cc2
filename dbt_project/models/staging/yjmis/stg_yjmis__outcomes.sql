with outcomes as (
    select * from {{ source('yjmis', 'outcomes') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        deliveries_in_force.la_code,
        deliveries_in_force.period_label,
        {{ financial_year_start('deliveries_in_force.period_label') }} as period_start,
        {{ financial_year_end('deliveries_in_force.period_label') }} as period_end,
        {{ clean_identifier('outcomes.person_id') }} as person_id,
        {{ parse_date('outcomes.outcome_date') }} as outcome_date,
        {{ parse_date('outcomes.dob') }} as date_of_birth,
        {{ clean_code('outcomes.ethnic') }} as ethnicity_code,
        {{ parse_date('outcomes.offence_date') }} as offence_date,
        {{ clean_code('outcomes.outcome_tier') }} as outcome_tier_code,
        {{ parse_boolean('outcomes.first_time_entrant') }} as first_time_entrant_flag,
        {{ parse_number('outcomes.ete_hours') }} as education_training_employment_hours,
        {{ parse_boolean('outcomes.accom_suitable') }} as suitable_accommodation_flag,
        outcomes._delivery_id,
        outcomes._source_file,
        outcomes._source_line
    from outcomes
    inner join deliveries_in_force
        on outcomes._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
