with providers as (
    select * from {{ source('ofsted_providers', 'providers') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        {{ clean_identifier('providers.urn') }} as provider_urn,
        {{ clean_text('providers.provider_name') }} as provider_name,
        {{ clean_identifier('providers.place_codes') }} as placement_type_codes,
        {{ clean_identifier('providers.provider_codes') }} as placement_provider_codes,
        {{ parse_date('providers.reg_end') }} as registration_end_date,
        {{ clean_postcode('providers.postcode') }} as postcode,
        {{ clean_identifier('providers.la_code') }} as la_code,
        lower(deliveries_in_force.series) as list_name,
        deliveries_in_force.received_at,
        providers._delivery_id,
        providers._source_file,
        providers._source_line
    from providers
    inner join deliveries_in_force
        on providers._delivery_id = deliveries_in_force.delivery_id
),

sent_last as (
    select *
    from typed
    qualify {{ sent_last(key=['provider_urn'], within=[]) }}
)

select * from sent_last
