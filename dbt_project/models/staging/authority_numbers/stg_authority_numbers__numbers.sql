with numbers as (
    select * from {{ source('authority_numbers', 'numbers') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        {{ clean_identifier('numbers.la_code') }} as la_code,
        {{ parse_date('numbers.valid_from') }} as valid_from_date,
        {{ parse_date('numbers.valid_to') }} as valid_to_date,
        {{ clean_identifier('numbers.ons_code') }} as ons_code,
        {{ clean_text('numbers.la_name') }} as la_name,
        numbers._delivery_id,
        numbers._source_file,
        numbers._source_line
    from numbers
    inner join deliveries_in_force
        on numbers._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
