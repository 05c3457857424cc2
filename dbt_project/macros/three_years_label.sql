{% macro three_years_label(last_day) -%}
    {#- The label of the three financial years that end on a day: 2013-16 for 31 March 2016. -#}
    concat(
        cast(extract(year from {{ last_day }}) - 3 as {{ dbt.type_string() }}), '-',
        substr(cast(extract(year from {{ last_day }}) as {{ dbt.type_string() }}), 3, 2)
    )
{%- endmacro %}
