with dolo as (
    select * from {{ source('ssda903', 'dolo') }}
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
        {{ clean_identifier('dolo.child') }} as child_id,
        {{ parse_date('dolo.dob') }} as date_of_birth,
        {{ parse_date('dolo.dolo_start') }} as order_start_date,
        {{ parse_date('dolo.dolo_end') }} as order_end_date,
        dolo._delivery_id,
        dolo._source_file,
        dolo._source_line
    from dolo
    inner join deliveries_in_force
        on dolo._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
