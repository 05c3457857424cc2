with figures as (
    select * from {{ source('underlying_statistics', 'figures') }}
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
        deliveries_in_force.series,
        {{ clean_text('figures.area_level') }} as area_level,
        {{ clean_identifier('figures.area_code') }} as area_code,
        {{ clean_identifier('figures.ons_code') }} as ons_code,
        {{ clean_text('figures.area_name') }} as area_name,
        {{ clean_identifier('figures.country_code') }} as country_code,
        {{ clean_text('figures.country_name') }} as country_name,
        {{ clean_identifier('figures.region_code') }} as region_code,
        {{ clean_text('figures.region_name') }} as region_name,
        {{ clean_text('figures.area_order') }} as area_order,
        {{ parse_integer('figures.column_position') }} as column_position,
        figures.column_code,
        figures.value as figure_text,
        {{ try_to_double('figures.value') }} as figure,
        figures._delivery_id,
        figures._source_file,
        figures._source_line
    from figures
    inner join deliveries_in_force
        on figures._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
