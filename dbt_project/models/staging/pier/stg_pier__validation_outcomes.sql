{{ config(materialized='view') }}

with outcomes as (
    select * from {{ source('validation', 'outcomes') }}
),

judged as (
    select
        run_id,
        rule_id,
        dfe_code,
        return_name,
        table_name,
        severity,
        owner,
        message,
        la_code,
        period_label,
        cast(rows_checked as bigint) as rows_checked,
        cast(rows_failing as bigint) as rows_failing,
        cast(rows_new as bigint) as rows_new,
        cast(rows_mended as bigint) as rows_mended,
        cast(rows_acknowledged as bigint) as rows_acknowledged,
        outcome,
        reason,
        cast(checked_at as timestamp) as checked_at
    from outcomes
)

select * from judged
