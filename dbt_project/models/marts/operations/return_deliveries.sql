with deliveries as (
    select * from {{ ref('int_operations__deliveries_judged') }}
),

listed as (
    select
        delivery_id,
        return_name,
        la_code,
        period_label,
        table_name,
        received_at,
        row_count as rows,
        rejected_row_count as rejected_rows,
        fate,
        reason,
        series
    from deliveries
)

select * from listed
