with years as (
    select * from {{ ref('int_returns__years') }}
),

month_numbers as (
    select months.month_number
    from (
        values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)
    ) as months (month_number)
),

ends as (
    select
        years.return_name,
        years.la_code,
        years.area_code,
        years.period_label as year_label,
        years.period_end as year_end,
        cast(
            {{ dbt.dateadd('month', 'month_numbers.month_number - 1', 'years.period_start') }}
            as date
        ) as month_start,
        cast(
            {{ dbt.dateadd(
                'day',
                -1,
                dbt.dateadd('month', 'month_numbers.month_number', 'years.period_start')
            ) }} as date
        ) as month_end
    from years
    cross join month_numbers
),

labelled as (
    select
        return_name,
        la_code,
        area_code,
        year_label,
        substr(cast(month_start as {{ dbt.type_string() }}), 1, 7) as month_label,
        month_start,
        month_end,
        month_end = year_end as is_year_end,
        month_end <= {{ as_at() }} as is_past
    from ends
)

select * from labelled
