with contacts as (
    select * from {{ source('contacts', 'contacts') }}
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
        {{ clean_identifier('contacts.contact_id') }} as contact_id,
        {{ clean_identifier('contacts.child_id') }} as child_id,
        {{ parse_date('contacts.contact_date') }} as contact_date,
        {{ clean_code('contacts.source_code') }} as source_code,
        {{ clean_code('contacts.outcome') }} as outcome_code,
        {{ clean_identifier('contacts.referral_id') }} as referral_id,
        {{ clean_text('contacts.service') }} as service_name,
        contacts._delivery_id,
        contacts._source_file,
        contacts._source_line
    from contacts
    inner join deliveries_in_force
        on contacts._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
