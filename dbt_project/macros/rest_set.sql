{% macro rest_set(numerator_flag, denominator_flag) -%}
    {#- The name of the children a denominator has besides the numerator. -#}
    concat({{ denominator_flag }}, ' and not ', {{ numerator_flag }})
{%- endmacro %}
