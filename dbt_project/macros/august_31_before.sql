{% macro august_31_before(period_label) -%}
    {#- The day before a school year, which ages are taken on to say who is of which year group. -#}
    cast({{ dbt.dateadd('day', -1, academic_year_start(period_label)) }} as date)
{%- endmacro %}
