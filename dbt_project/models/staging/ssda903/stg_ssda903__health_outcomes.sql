with oc2 as (
    select * from {{ source('ssda903', 'oc2') }}
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
        {{ clean_identifier('oc2.child') }} as child_id,
        {{ parse_date('oc2.dob') }} as date_of_birth,
        {{ parse_integer('oc2.sdq_score') }} as sdq_score,
        {{ clean_code('oc2.sdq_reason') }} as sdq_reason_code,
        {{ clean_code('oc2.convicted') }} as conviction_code,
        {{ clean_code('oc2.health_check') }} as development_check_code,
        {{ clean_code('oc2.immunisations') }} as immunisation_code,
        {{ clean_code('oc2.teeth_check') }} as dental_check_code,
        {{ clean_code('oc2.health_assessment') }} as health_assessment_code,
        {{ clean_code('oc2.substance_misuse') }} as substance_misuse_code,
        {{ clean_code('oc2.intervention_received') }} as intervention_received_code,
        {{ clean_code('oc2.intervention_offered') }} as intervention_offered_code,
        oc2._delivery_id,
        oc2._source_file,
        oc2._source_line
    from oc2
    inner join deliveries_in_force
        on oc2._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
