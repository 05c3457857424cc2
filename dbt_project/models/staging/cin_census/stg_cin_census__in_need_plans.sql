with cin_plan as (
    select * from {{ source('cin_census', 'cin_plan') }}
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
        {{ clean_identifier('cin_plan.la_child_id') }} as child_id,
        {{ parse_date('cin_plan.cin_referral_date') }} as referral_date,
        {{ parse_integer('cin_plan.cin_sequence') }} as referral_sequence,
        {{ parse_integer('cin_plan.cin_plan_sequence') }} as plan_sequence,
        {{ parse_date('cin_plan.cin_plan_start_date') }} as plan_start_date,
        {{ parse_date('cin_plan.cin_plan_end_date') }} as plan_end_date,
        cin_plan._delivery_id,
        cin_plan._source_file,
        cin_plan._source_line
    from cin_plan
    inner join deliveries_in_force
        on cin_plan._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
