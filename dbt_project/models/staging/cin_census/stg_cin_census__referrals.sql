with cin as (
    select * from {{ source('cin_census', 'cin') }}
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
        {{ clean_identifier('cin.la_child_id') }} as child_id,
        {{ parse_date('cin.cin_referral_date') }} as referral_date,
        {{ parse_integer('cin.cin_sequence') }} as referral_sequence,
        {{ clean_code('cin.referral_source') }} as referral_source_code,
        {{ clean_code('cin.primary_need_code') }} as primary_need_code,
        {{ parse_date('cin.cin_closure_date') }} as closure_date,
        {{ clean_code('cin.reason_for_closure') }} as closure_reason_code,
        {{ parse_date('cin.date_of_initial_cpc') }} as transfer_in_conference_date,
        {{ parse_boolean('cin.referral_nfa') }} as no_further_action_flag,
        cin._delivery_id,
        cin._source_file,
        cin._source_line
    from cin
    inner join deliveries_in_force
        on cin._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
