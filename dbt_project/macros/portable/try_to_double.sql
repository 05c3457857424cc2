{% macro try_to_double(text) -%}
    {#- The number a published cell says, E notation included (4.798E-2); null for anything else.
        The pattern keeps out what casts let through: nan, inf, and suffixes such as 12d on Spark. -#}
    case
        when {{ matches_regex('trim(' ~ text ~ ')', '^-?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$') }}
            then cast(trim({{ text }}) as double)
    end
{%- endmacro %}
