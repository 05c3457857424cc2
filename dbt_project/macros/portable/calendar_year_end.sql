{% macro calendar_year_end(period_label) -%}
    {#- 31 December of the first year of a label, as 2016-12-31 of 2016/17; null of another. -#}
    try_cast(concat(substr({{ period_label }}, 1, 4), '-12-31') as date)
{%- endmacro %}
