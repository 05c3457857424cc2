{% macro basis_order(value, basis) -%}
    {#-
        Orders the figures there are of one thing by which of them is shown: one with a value before
        one without, then from records before sent by its owner before published.
    -#}
    case when {{ value }} is null then 2 else 1 end asc,
    case {{ basis }} when 'computed' then 1 when 'returned' then 2 else 3 end asc
{%- endmacro %}
