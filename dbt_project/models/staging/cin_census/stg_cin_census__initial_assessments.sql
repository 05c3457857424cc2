with initial_assessment as (
    select * from {{ source('cin_census', 'initial_assessment') }}
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
        {{ clean_identifier('initial_assessment.la_child_id') }} as child_id,
        {{ parse_date('initial_assessment.cin_referral_date') }} as referral_date,
        {{ parse_integer('initial_assessment.cin_sequence') }} as referral_sequence,
        {{ parse_integer('initial_assessment.initial_assessment_sequence') }}
            as initial_assessment_sequence,
        {{ parse_date('initial_assessment.initial_assessment_start_date') }}
            as assessment_start_date,
        {{ parse_date('initial_assessment.initial_assessment_end_date') }} as assessment_end_date,
        initial_assessment._delivery_id,
        initial_assessment._source_file,
        initial_assessment._source_line
    from initial_assessment
    inner join deliveries_in_force
        on initial_assessment._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
