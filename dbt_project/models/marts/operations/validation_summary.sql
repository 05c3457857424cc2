{{ config(materialized='view') }}

with outcomes as (
    select * from {{ ref('stg_pier__validation_outcomes') }}
),

latest_run as (
    select max_by(run_id, checked_at) as run_id
    from outcomes
),

latest_outcomes as (
    select
        outcomes.rule_id,
        outcomes.dfe_code,
        outcomes.severity,
        outcomes.owner,
        outcomes.message,
        outcomes.return_name,
        outcomes.table_name,
        outcomes.la_code,
        outcomes.period_label,
        outcomes.run_id,
        outcomes.checked_at,
        outcomes.rows_checked,
        outcomes.rows_failing,
        outcomes.rows_failing - coalesce(outcomes.rows_acknowledged, 0) as rows_open,
        outcomes.rows_new,
        outcomes.rows_mended,
        outcomes.rows_acknowledged,
        outcomes.outcome,
        outcomes.reason
    from outcomes
    inner join latest_run on outcomes.run_id = latest_run.run_id
)

select * from latest_outcomes
