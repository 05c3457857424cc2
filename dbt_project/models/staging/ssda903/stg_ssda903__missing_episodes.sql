with missing as (
    select * from {{ source('ssda903', 'missing') }}
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
        {{ clean_identifier('missing.child') }} as child_id,
        {{ parse_date('missing.dob') }} as date_of_birth,
        {{ clean_code('missing.missing') }} as missing_type_code,
        {{ parse_date('missing.mis_start') }} as missing_start_date,
        {{ parse_date('missing.mis_end') }} as missing_end_date,
        missing._delivery_id,
        missing._source_file,
        missing._source_line
    from missing
    inner join deliveries_in_force
        on missing._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
