with years as (
    select * from {{ ref('reporting_years') }}
),

month_numbers as (
    select months.month_number
    from (
        values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)
    ) as months (month_number)
),

year_starts as (
    select
        financial_year_label,
        start_year,
        cast(start_year as {{ dbt.type_string() }}) as start_year_text,
        cast(concat(cast(start_year as {{ dbt.type_string() }}), '-01-01') as date)
            as calendar_start,
        cast(concat(cast(start_year as {{ dbt.type_string() }}), '-04-01') as date)
            as financial_start,
        cast(concat(cast(start_year as {{ dbt.type_string() }}), '-09-01') as date)
            as academic_start
    from years
),

-- Every period by its first day and its length; a snapshot is the last day of a financial year.
financial_years as (
    select
        financial_year_label as period_label,
        'financial_year' as period_type,
        financial_start as period_start,
        12 as month_count
    from year_starts
),

academic_years as (
    select
        financial_year_label as period_label,
        'academic_year' as period_type,
        academic_start as period_start,
        12 as month_count
    from year_starts
),

calendar_years as (
    select
        start_year_text as period_label,
        'calendar_year' as period_type,
        calendar_start as period_start,
        12 as month_count
    from year_starts
),

three_years as (
    select
        concat(
            start_year_text, '-',
            substr(cast(start_year + 3 as {{ dbt.type_string() }}), 3, 2)
        ) as period_label,
        'three_year' as period_type,
        financial_start as period_start,
        36 as month_count
    from year_starts
),

-- Statistics of three calendar years are labelled by their first and last, as 2014-16.
three_calendar_years as (
    select
        concat(
            start_year_text, '-',
            substr(cast(start_year + 2 as {{ dbt.type_string() }}), 3, 2)
        ) as period_label,
        'three_year' as period_type,
        calendar_start as period_start,
        36 as month_count
    from year_starts
),

quarters as (
    select
        concat(
            year_starts.financial_year_label,
            ' Q', cast(month_numbers.month_number as {{ dbt.type_string() }})
        ) as period_label,
        'quarter' as period_type,
        cast({{ dbt.dateadd(
            'month', '3 * (month_numbers.month_number - 1)', 'year_starts.financial_start'
        ) }} as date) as period_start,
        3 as month_count
    from year_starts
    cross join month_numbers
    where month_numbers.month_number <= 4
),

months as (
    select
        concat(
            year_starts.start_year_text, '-',
            lpad(cast(month_numbers.month_number as {{ dbt.type_string() }}), 2, '0')
        ) as period_label,
        'month' as period_type,
        cast({{ dbt.dateadd(
            'month', 'month_numbers.month_number - 1', 'year_starts.calendar_start'
        ) }} as date) as period_start,
        1 as month_count
    from year_starts
    cross join month_numbers
),

spans as (
    select * from financial_years
    union all
    select * from academic_years
    union all
    select * from calendar_years
    union all
    select * from three_years
    union all
    select * from three_calendar_years
    union all
    select * from quarters
    union all
    select * from months
),

with_ends as (
    select
        period_label,
        period_type,
        period_start,
        cast({{ dbt.dateadd(
            'day', -1, dbt.dateadd('month', 'month_count', 'period_start')
        ) }} as date) as period_end
    from spans
),

snapshots as (
    select
        period_label,
        'snapshot' as period_type,
        period_end as period_start,
        period_end
    from with_ends
    where period_type = 'financial_year'
),

periods as (
    select * from with_ends
    union all
    select * from snapshots
),

-- The financial year and the quarter that months and quarters lie in.
with_years as (
    select
        periods.period_label,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        financial_years.period_label as year_label,
        quarters_around.period_label as quarter_label
    from periods
    left join financial_years
        on periods.period_type in ('month', 'quarter')
            and periods.period_start between
            financial_years.period_start
            and cast({{ dbt.dateadd('month', 11, 'financial_years.period_start') }} as date)
    left join quarters as quarters_around
        on periods.period_type = 'month'
            and periods.period_start between
            quarters_around.period_start
            and cast({{ dbt.dateadd('month', 2, 'quarters_around.period_start') }} as date)
)


select * from with_years
