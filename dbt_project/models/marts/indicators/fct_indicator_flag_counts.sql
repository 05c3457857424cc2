-- A view, as fct_indicator_flags: it is read once, by what counts.
{{ config(materialized='view') }}

{% set flags = ['numerator_flag', 'denominator_flag', 'comparison_flag'] %}
{% set key = ['indicator_id', 'area_code', 'period_type', 'period_label', 'population'] %}
{% set kept = key + flags + [
    'month_start',
    'is_last_day',
    'member_id',
    'child_id',
    'counted_on',
    'measure',
    'member_count',
] + breakdown_columns() %}

{#- A mean needs no more than how many have the same measure; a median each. -#}
{% set told_apart_by -%}
    case when indicators.measure = 'children' then members.child_id end as child_id,
        case
            when indicators.measure in ('median', 'lowest_fifth_gap') then members.member_id
        end as member_id,
        case
            when indicators.measure in ('median', 'lowest_fifth_gap') then members.counted_on
        end as counted_on
{%- endset %}

with indicators as (
    select * from {{ ref('dim_indicators') }}
),

periods as (
    select * from {{ ref('dim_periods') }}
),

monthly_breakdowns as (
    select * from {{ ref('monthly_breakdowns') }}
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
    where counted_on <= {{ as_at() }}
),

members as (
    select {{ kept | join(', ') }} from members_on_days
    union all
    select {{ kept | join(', ') }} from members_alike
),

-- Counted together again: of the return's own period, whatever the month.
members_of_years as (
    select
        members.{{ (key + flags) | join(',\n        members.') }},
        false as is_part,
        cast(null as date) as month_start,
        false as is_last_day,
        {{ told_apart_by }},
        members.measure,
        members.{{ breakdown_columns() | join(',\n        members.') }},
        cast(sum(members.member_count) as bigint) as member_count
    from members
    inner join indicators on members.indicator_id = indicators.indicator_id
    where members.population <> coalesce(indicators.monthly_population, '')
    group by all
),

-- Months and quarters have breakdowns only where a report shows them.
breakdowns_of_months as (
    select
        indicator_id,
        {%- for breakdown in breakdown_columns() %}
        bool_or(breakdown = '{{ breakdown }}') as has_{{ breakdown }}{{ ',' if not loop.last }}
        {%- endfor %}
    from monthly_breakdowns
    group by indicator_id
),

members_of_months as (
    select
        members.{{ (key + flags) | join(',\n        members.') }},
        true as is_part,
        members.month_start,
        members.is_last_day,
        {{ told_apart_by }},
        members.measure,
        {%- for breakdown in breakdown_columns() %}
        case when breakdowns_of_months.has_{{ breakdown }} then members.{{ breakdown }} end
            as {{ breakdown }},
        {%- endfor %}
        cast(sum(members.member_count) as bigint) as member_count
    from members
    inner join indicators on members.indicator_id = indicators.indicator_id
    left join breakdowns_of_months
        on members.indicator_id = breakdowns_of_months.indicator_id
    where
        members.is_last_day and members.population = indicators.monthly_population
        or indicators.is_monthly and indicators.monthly_population is null
    group by all
),

members_of_periods as (
    select * from members_of_years
    union all
    select * from members_of_months
),

flag_counts as (
    {{ counted_members(
        'members_of_periods',
        'indicators',
        'periods',
        columns=['child_id', 'measure', 'member_count'] + breakdown_columns(),
        are_split=true
    ) }}
)

select * from flag_counts
