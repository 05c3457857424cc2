with header_source as (
    select * from {{ source('cin_census', 'header_source') }}
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
        {{ parse_integer('header_source.source_sequence') }} as source_sequence,
        {{ clean_code('header_source.source_level') }} as source_level_code,
        {{ clean_identifier('header_source.lea') }} as sender_la_code,
        {{ clean_text('header_source.software_code') }} as software_name,
        {{ clean_text('header_source.release') }} as software_release,
        {{ clean_identifier('header_source.serial_no') }} as serial_number,
        {{ clean_text('header_source.date_time') }} as written_at_text,
        header_source._delivery_id,
        header_source._source_file,
        header_source._source_line
    from header_source
    inner join deliveries_in_force
        on header_source._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
