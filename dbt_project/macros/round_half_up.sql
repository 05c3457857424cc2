{% macro round_half_up(value, decimals) -%}
    {#-
        A number as a document prints it: halves go away from zero. `decimals` may be a column and
        negative (-3 for thousands). The last term makes up for halves that binary numbers miss by
        their last digit.
    -#}
    sign({{ value }})
    * floor(abs({{ value }}) * power(10, {{ decimals }}) + 0.5 + 1e-9)
    / power(10, {{ decimals }})
{%- endmacro %}
