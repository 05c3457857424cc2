{% macro says_no_value(capitals) -%}
    {#- Whether a cell, in capitals and without outer blanks, is empty or spells out "no value". -#}
    {{ capitals }} in ('', 'NULL', 'NAN', 'N/A')
{%- endmacro %}
