{% macro whole_numbers() -%}
    {#- The numbers 1 to 10,000 as a query of one column, `whole_number`. -#}
    {%- set digits = '(values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))' %}
    select
        1 + ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit
            as whole_number
    from {{ digits }} as ones (digit)
    cross join {{ digits }} as tens (digit)
    cross join {{ digits }} as hundreds (digit)
    cross join {{ digits }} as thousands (digit)
{%- endmacro %}
