with assessment as (
    select * from {{ source('cin_census', 'assessment') }}
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
        {{ clean_identifier('assessment.la_child_id') }} as child_id,
        {{ parse_date('assessment.cin_referral_date') }} as referral_date,
        {{ parse_integer('assessment.cin_sequence') }} as referral_sequence,
        {{ parse_integer('assessment.assessment_sequence') }} as assessment_sequence,
        {{ parse_date('assessment.assessment_actual_start_date') }} as assessment_start_date,
        {{ parse_date('assessment.assessment_internal_review_date') }} as internal_review_date,
        {{ parse_date('assessment.assessment_authorisation_date') }} as assessment_end_date,
        assessment._delivery_id,
        assessment._source_file,
        assessment._source_line
    from assessment
    inner join deliveries_in_force
        on assessment._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
