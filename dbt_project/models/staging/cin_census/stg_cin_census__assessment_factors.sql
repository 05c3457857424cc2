with factor as (
    select * from {{ source('cin_census', 'factor') }}
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
        {{ clean_identifier('factor.la_child_id') }} as child_id,
        {{ parse_date('factor.cin_referral_date') }} as referral_date,
        {{ parse_integer('factor.cin_sequence') }} as referral_sequence,
        {{ parse_integer('factor.assessment_sequence') }} as assessment_sequence,
        {{ parse_date('factor.assessment_actual_start_date') }} as assessment_start_date,
        {{ clean_code('factor.assessment_factor') }} as assessment_factor_code,
        factor._delivery_id,
        factor._source_file,
        factor._source_line
    from factor
    inner join deliveries_in_force
        on factor._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
