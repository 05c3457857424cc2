{% macro with_working_days(relation, start_date, end_date) -%}
    {#-
        The rows of `relation` with `working_days`: working days from one of its dates to the
        other, England's bank holidays left out. The start is day 0 (edge cases 5, 6 and 137), or
        day 1 under the reading `start_day_is_day_one`; an end before the start is negative.
        Needs an import CTE `bank_holidays`, and a `relation` without equal rows.
    -#}
    {%- set day_zero = "cast(" ~ dbt.dateadd(
        'day',
        "case when " ~ reading('start_day_is_day_one') ~ " then -1 else 0 end",
        relation ~ '.' ~ start_date
    ) ~ " as date)" -%}
    select
        *,
        cast(
            {{ weekdays_until(end_date) }} - {{ weekdays_until('day_zero') }} - holiday_count
            as integer
        ) as working_days
    from (
        select
            {{ relation }}.*,
            {{ day_zero }} as day_zero,
            count(bank_holidays.holiday_date) as holiday_count
        from {{ relation }}
        left join bank_holidays
            on bank_holidays.holiday_date > {{ day_zero }}
                and bank_holidays.holiday_date <= {{ relation }}.{{ end_date }}
        group by all
    ) as with_holidays
{%- endmacro %}
