{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- A layer is a schema, under its own name on every target: staging, intermediate, marts … -#}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
