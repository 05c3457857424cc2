{% macro reading(name) -%}
    {#-
        The reading in force of a definition that is open: a dbt var of this name, or the default
        that dbt_project.yml gives among `readings`, with the others and why.
    -#}
    {%- set readings = var('readings') -%}
    {%- if name not in readings -%}
        {{ exceptions.raise_compiler_error(
            name ~ ' is not a reading. Known readings: ' ~ readings.keys() | join(', ') ~ '.'
        ) }}
    {%- endif -%}
    {{ return(var(name, readings[name]['default'])) }}
{%- endmacro %}
