{% macro parse_month(column) -%}
    {#- The first day of the month a cell says as 2016-11 or 201611, else null. -#}
    case
        when {{ matches_regex('trim(' ~ column ~ ')', '^(19|20)[0-9]{2}-?(0[1-9]|1[0-2])$') }}
            then cast(concat(
                substr(trim({{ column }}), 1, 4), '-', right(trim({{ column }}), 2), '-01'
            ) as date)
    end
{%- endmacro %}
