{% macro clean_code(column) -%}
    {#- A code: cleaned text in capitals. Leading zeros are kept. -#}
    {%- set capitals = 'upper(trim(' ~ column ~ '))' -%}
    case when {{ says_no_value(capitals) }} then null else {{ capitals }} end
{%- endmacro %}
