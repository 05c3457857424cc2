-- A view: millions of rows of which a reader wants one indicator's, and what counts them needs few
-- of the columns. Written out, they took longer than all the rest of the marts.
{{ config(materialized='view') }}

with members as (
    select
        *,
        {{ month_start('counted_on') }} as month_start,
        counted_on = {{ dbt.last_day('counted_on', 'month') }} as is_last_day
    from {{ ref('fct_indicator_members') }}
    where counted_on <= {{ as_at() }}
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

periods as (
    select * from {{ ref('dim_periods') }}
),

flags as (
    {{ counted_members('members', 'indicators', 'periods', columns=[
        'population',
        'member_id',
        'child_id',
        'counted_on',
        'measure',
    ] + breakdown_columns() + [
        'reason',
        'delivery_id',
        'source_file',
        'source_line',
    ]) }}
)

select * from flags
