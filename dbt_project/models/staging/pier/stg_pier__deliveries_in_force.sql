with deliveries as (
    select * from {{ ref('stg_pier__deliveries') }}
),

in_force as (
    select
        delivery_id,
        return_name,
        la_code,
        period_label,
        table_name,
        series,
        received_at
    from deliveries
    where is_in_force
)

select * from in_force
