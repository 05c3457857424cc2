with disability as (
    select * from {{ source('cin_census', 'disability') }}
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
        {{ clean_identifier('disability.la_child_id') }} as child_id,
        {{ clean_code('disability.disability') }} as disability_code,
        disability._delivery_id,
        disability._source_file,
        disability._source_line
    from disability
    inner join deliveries_in_force
        on disability._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
