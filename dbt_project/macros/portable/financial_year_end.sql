{% macro financial_year_end(period_label) -%}
    {#- 31 March of a financial year's label, as 2017-03-31 of 2016/17; null of another label. -#}
    {%- set next_year = dbt.dateadd("year", 1, financial_year_start(period_label)) -%}
    cast({{ dbt.dateadd("day", -1, next_year) }} as date)
{%- endmacro %}
