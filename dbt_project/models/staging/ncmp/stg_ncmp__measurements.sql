with measurements as (
    select * from {{ source('ncmp', 'measurements') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        deliveries_in_force.la_code,
        deliveries_in_force.period_label,
        {{ academic_year_start('deliveries_in_force.period_label') }} as period_start,
        {{ academic_year_end('deliveries_in_force.period_label') }} as period_end,
        {{ clean_identifier('measurements.area') }} as area_code,
        {{ parse_integer('measurements.year') }} as measurement_year,
        {{ clean_text('measurements.age_group') }} as age_group,
        {{ parse_integer('measurements.eligible') }} as eligible_count,
        {{ parse_integer('measurements.measured') }} as measured_count,
        {{ parse_integer('measurements.obese') }} as obese_count,
        measurements._delivery_id,
        measurements._source_file,
        measurements._source_line
    from measurements
    inner join deliveries_in_force
        on measurements._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
