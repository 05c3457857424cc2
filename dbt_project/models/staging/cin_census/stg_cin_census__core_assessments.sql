with core_assessment as (
    select * from {{ source('cin_census', 'core_assessment') }}
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
        {{ clean_identifier('core_assessment.la_child_id') }} as child_id,
        {{ parse_date('core_assessment.cin_referral_date') }} as referral_date,
        {{ parse_integer('core_assessment.cin_sequence') }} as referral_sequence,
        {{ parse_integer('core_assessment.core_assessment_sequence') }} as core_assessment_sequence,
        {{ parse_date('core_assessment.core_assessment_start_date') }} as assessment_start_date,
        {{ parse_date('core_assessment.core_assessment_end_date') }} as assessment_end_date,
        core_assessment._delivery_id,
        core_assessment._source_file,
        core_assessment._source_line
    from core_assessment
    inner join deliveries_in_force
        on core_assessment._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
