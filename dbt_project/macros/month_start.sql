{% macro month_start(day) -%}
    {#- The first day of a day's month. -#}
    cast({{ dbt.date_trunc('month', day) }} as date)
{%- endmacro %}
