with deliveries as (
    select * from {{ source('pier', 'deliveries') }}
),

received_by_then as (
    select
        cast(delivery_id as integer) as delivery_id,
        return_name,
        la_code,
        period_label,
        table_name,
        series,
        source_file,
        content_sha256,
        cast(received_at as timestamp) as received_at,
        cast(rows as bigint) as row_count,
        cast(rejected_rows as bigint) as rejected_row_count,
        fate as latest_fate,
        reason,
        notes,
        cast(supersedes as integer) as superseded_delivery_id,
        coalesce(
            cast(withdrawn_at as timestamp) <= {{ as_known_at() }},
            false
        ) as is_withdrawn
    from deliveries
    where cast(received_at as timestamp) <= {{ as_known_at() }}
),

-- The fate in the manifest is today's. A delivery that was taken in and not withdrawn by the
-- moment asked for was valid then, whatever became of it later.
judged as (
    select
        *,
        latest_fate in ('accepted', 'superseded', 'withdrawn') and not is_withdrawn as is_valid
    from received_by_then
),

newest_marked as (
    select
        *,
        is_valid and row_number() over (
            partition by return_name, la_code, period_label, table_name, series, is_valid
            order by received_at desc, delivery_id desc
        ) = 1 as is_in_force
    from judged
)

select * from newest_marked
