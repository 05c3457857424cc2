with periods_of_care as (
    select * from {{ ref('int_looked_after__periods_of_care') }}
),

bank_holidays as (
    select * from {{ ref('ref_england_bank_holidays') }}
),

days_care_began as (
    select distinct care_start_date from periods_of_care
    where not is_short_break
),

-- Twenty working days are four weeks, and longer over holidays: the longest over Christmas or over
-- an Easter beside the May holidays.
later_days as (
    select numbers.day_count
    from (
        values (25), (26), (27), (28), (29), (30), (31), (32), (33), (34), (35), (36), (37)
    ) as numbers (day_count)
),

days_to_try as (
    select
        days_care_began.care_start_date,
        cast(
            {{ dbt.dateadd('day', 'later_days.day_count', 'days_care_began.care_start_date') }}
            as date
        ) as day_tried
    from days_care_began
    cross join later_days
),

days_counted as (
    {{ with_working_days('days_to_try', 'care_start_date', 'day_tried') }}
),

entry_days as (
    select
        care_start_date,
        min(day_tried) as twentieth_working_day
    from days_counted
    where working_days = 20
    group by all
)

select * from entry_days
