with deliveries as (
    select * from {{ ref('stg_pier__deliveries') }}
),

judged as (
    select
        delivery_id,
        return_name,
        la_code,
        period_label,
        table_name,
        series,
        source_file,
        received_at,
        row_count,
        rejected_row_count,
        case
            when is_withdrawn then 'withdrawn'
            when is_in_force then 'accepted'
            when is_valid then 'superseded'
            else latest_fate
        end as fate,
        reason
    from deliveries
)

select * from judged
