{% macro financial_year_start(period_label) -%}
    {#- 1 April of a financial year's label, as 2016-04-01 of 2016/17; null of another label. -#}
    try_cast(concat(substr({{ period_label }}, 1, 4), '-04-01') as date)
{%- endmacro %}
