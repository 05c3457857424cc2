{% macro weekdays_until(day) -%}
    {#- Mondays to Fridays from 1 January 1900, a Monday, to a day, itself included. -#}
    {%- set days = "(" ~ dbt.datediff("cast('1899-12-31' as date)", day, "day") ~ ")" -%}
    (5 * cast(floor({{ days }} / 7.0) as integer) + least({{ days }} % 7, 5))
{%- endmacro %}
