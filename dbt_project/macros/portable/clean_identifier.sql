{% macro clean_identifier(column) -%}
    {#-
        The number of a child, a pupil or a record as every return shall say it: in capitals and
        without blanks, so that "ab 12" and "AB12" are one. Leading zeros are kept.
    -#}
    {%- set capitals = "upper(replace(" ~ column ~ ", ' ', ''))" -%}
    case when {{ says_no_value(capitals) }} then null else {{ capitals }} end
{%- endmacro %}
