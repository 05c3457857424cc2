with returns as (
    select * from {{ ref('int_looked_after__returns') }}
    where has_episodes_table
),

-- Returns that follow each other without a gap: how far back the newest of them sees.
numbered as (
    select
        *,
        extract(year from period_start) - row_number() over (
            partition by la_code
            order by period_start
        ) as run_number
    from returns
),

with_first_day as (
    select
        area_code,
        la_code,
        period_label as year_label,
        period_start as year_start,
        period_end,
        known_until,
        min(period_start) over (
            partition by la_code, run_number
            order by period_start
        ) as returns_begin
    from numbered
),

-- A scorecard is of three years; its last year is also shown alone.
periods as (
    select
        area_code,
        la_code,
        year_label,
        'financial_year' as period_type,
        year_label as period_label,
        year_start as period_start,
        period_end,
        known_until,
        returns_begin
    from with_first_day
    union all
    select
        area_code,
        la_code,
        year_label,
        'three_year' as period_type,
        {{ three_years_label('period_end') }} as period_label,
        cast({{ dbt.dateadd('month', -24, 'year_start') }} as date) as period_start,
        period_end,
        known_until,
        returns_begin
    from with_first_day
)

select * from periods
