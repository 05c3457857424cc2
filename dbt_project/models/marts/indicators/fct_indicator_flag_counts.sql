-- A view, as fct_indicator_flags: it is read once, by what counts.
{{ config(materialized='view') }}

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

members as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        population,
        child_id,
        {{ month_start('counted_on') }} as month_start,
        counted_on = {{ dbt.last_day('counted_on', 'month') }} as is_last_day,
        1 as member_count,
        numerator_flag,
        denominator_flag,
        comparison_flag,
        {{ breakdown_columns() | join(',\n        ') }},
        measure
    from members_told_apart
    where counted_on <= cast('{{ var("as_at") }}' as date)
    union all
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        population,
        child_id,
        month_start,
        is_last_day,
        member_count,
        numerator_flag,
        denominator_flag,
        comparison_flag,
        {{ breakdown_columns() | join(',\n        ') }},
        measure
    from members_alike
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
