{% macro population_breakdowns() -%}
    {#- One row per population and breakdown it can be counted by, as a query. -#}
    {%- for population in populations() %}
    {%- for breakdown in ['total'] + population_columns(population).breakdowns %}
    select
        '{{ population }}' as population,
        '{{ breakdown }}' as breakdown
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
