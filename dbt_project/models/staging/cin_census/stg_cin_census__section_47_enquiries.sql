with section47 as (
    select * from {{ source('cin_census', 'section47') }}
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
        {{ clean_identifier('section47.la_child_id') }} as child_id,
        {{ parse_date('section47.cin_referral_date') }} as referral_date,
        {{ parse_integer('section47.cin_sequence') }} as referral_sequence,
        {{ parse_integer('section47.section47_sequence') }} as enquiry_sequence,
        {{ parse_date('section47.s47_actual_start_date') }} as enquiry_start_date,
        {{ parse_date('section47.initial_cpc_target') }} as initial_conference_due_date,
        {{ parse_date('section47.date_of_initial_cpc') }} as initial_conference_date,
        {{ parse_boolean('section47.icpc_not_required') }} as conference_not_required_flag,
        section47._delivery_id,
        section47._source_file,
        section47._source_line
    from section47
    inner join deliveries_in_force
        on section47._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
