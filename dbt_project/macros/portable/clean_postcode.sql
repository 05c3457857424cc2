{% macro clean_postcode(column) -%}
    {#- A postcode in capitals with no blanks, so that SS2 6ER and ss26er are one place. -#}
    {{ clean_identifier(column) }}
{%- endmacro %}
