{% macro academic_year_end(period_label) -%}
    {#- 31 August of a school year's label, as 2017-08-31 of 2016/17; null of another label. -#}
    {%- set next_year = dbt.dateadd("year", 1, academic_year_start(period_label)) -%}
    cast({{ dbt.dateadd("day", -1, next_year) }} as date)
{%- endmacro %}
