-- A view, as fct_indicator_flags: it is read once, by what counts.
{{ config(materialized='view') }}

{% set kept = [
    'indicator_id',
    'area_code',
    'period_type',
    'period_label',
    'population',
    'month_start',
    'is_last_day',
    'numerator_flag',
    'denominator_flag',
    'comparison_flag',
    'child_id',
    'measure',
    'member_count',
] + breakdown_columns() %}

with indicators as (
    select * from {{ ref('dim_indicators') }}
),

periods as (
    select * from {{ ref('dim_periods') }}
),

-- Of which somebody's name or number is needed, and not only how many there are.
told_apart as (
    select * from indicators
    where measure = 'children' or measure_column is not null
),

others as (
    select indicators.*
    from indicators
    left join told_apart on indicators.indicator_id = told_apart.indicator_id
    where told_apart.indicator_id is null
),

told_apart_in as (
    {{ populations_of_indicators('told_apart') }}
),

others_in as (
    {{ populations_of_indicators('others') }}
),

members_told_apart as (
    {{ indicator_members('told_apart_in') }}
),

members_alike as (
    {{ indicator_members('others_in', alike=true) }}
),

members_on_days as (
    select
        *,
        {{ month_start('counted_on') }} as month_start,
        counted_on = {{ dbt.last_day('counted_on', 'month') }} as is_last_day,
        1 as member_count
    from members_told_apart
    where counted_on <= cast('{{ var("as_at") }}' as date)
),

members as (
    select {{ kept | join(', ') }} from members_on_days
    union all
    select {{ kept | join(', ') }} from members_alike
),

flag_counts as (
    {{ counted_members(
        'members',
        'indicators',
        'periods',
        columns=['child_id', 'measure', 'member_count'] + breakdown_columns()
    ) }}
)

select * from flag_counts
