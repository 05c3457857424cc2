{% macro clean_code(column) -%}
    {#- A code or an identifier: cleaned text in capitals. Leading zeros are kept. -#}
    upper({{ clean_text(column) }})
{%- endmacro %}
