{% macro day_of_school_year(period_label, month_and_day) -%}
    {#-
        A day in the calendar year a school year ends in, as 2017-06-30 of 2016/17: results and
        absences are counted by a day by which they are known, not by the last of the holidays.
    -#}
    cast(concat(
        cast(cast(substr({{ period_label }}, 1, 4) as integer) + 1 as {{ dbt.type_string() }}),
        '-{{ month_and_day }}'
    ) as date)
{%- endmacro %}
