{% macro calendar_year_start(period_label) -%}
    {#- 1 January of the first year of a label, as 2016-01-01 of 2016/17; null of another label. -#}
    try_cast(concat(substr({{ period_label }}, 1, 4), '-01-01') as date)
{%- endmacro %}
