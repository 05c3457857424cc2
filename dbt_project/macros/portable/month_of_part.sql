{% macro month_of_part(series) -%}
    {#-
        The first day of the month a part of a return is of, from its series: the month its rows
        say (2016-11), else the last one in the file's name (early_help_201611); null where
        neither says one.
    -#}
    {%- set dashed = "replace(" ~ series ~ ", '_', '-')" -%}
    {{ parse_month(
        "regexp_extract(" ~ dashed ~ ", '.*((19|20)[0-9]{2}-?(0[1-9]|1[0-2]))', 1)"
    ) }}
{%- endmacro %}
