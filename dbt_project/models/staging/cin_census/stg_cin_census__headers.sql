with header as (
    select * from {{ source('cin_census', 'header') }}
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
        {{ clean_code('header.collection') }} as collection_code,
        {{ parse_integer('header.collection_year') }} as collection_year,
        {{ parse_date('header.reference_date') }} as reference_date,
        header._delivery_id,
        header._source_file,
        header._source_line
    from header
    inner join deliveries_in_force
        on header._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
