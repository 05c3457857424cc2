-- Working days after the last bank holiday that is listed would be counted one too many, and
-- assessments in time called late: every year up to the one reported has its eight or more days.
-- One at a weekend is listed by the day off in its place, which weekday arithmetic relies on.
with bank_holidays as (
    select * from {{ ref('ref_england_bank_holidays') }}
),

years as (
    select * from {{ ref('reporting_years') }}
),

holidays_by_year as (
    select
        extract(year from holiday_date) as calendar_year,
        count(*) as holiday_count
    from bank_holidays
    group by all
),

years_short_of_holidays as (
    select
        years.start_year as calendar_year,
        'fewer than eight bank holidays' as fault
    from years
    left join holidays_by_year on years.start_year = holidays_by_year.calendar_year
    where
        years.start_year >= 2006
        and years.start_year <= extract(year from {{ as_at() }})
        and coalesce(holidays_by_year.holiday_count, 0) < 8
),

holidays_at_weekends as (
    select
        extract(year from holiday_date) as calendar_year,
        'a bank holiday at a weekend' as fault
    from bank_holidays
    where
        {{ weekdays_until('holiday_date') }}
        = {{ weekdays_until("cast(" ~ dbt.dateadd('day', -1, 'holiday_date') ~ " as date)") }}
),

faults as (
    select * from years_short_of_holidays
    union all
    select * from holidays_at_weekends
)

select * from faults
