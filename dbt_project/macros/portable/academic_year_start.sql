{% macro academic_year_start(period_label) -%}
    {#- 1 September of a school year's label, as 2016-09-01 of 2016/17; null of another label. -#}
    try_cast(concat(substr({{ period_label }}, 1, 4), '-09-01') as date)
{%- endmacro %}
