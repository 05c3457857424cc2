{% macro clean_pupil_number(column) -%}
    {#-
        A unique pupil number, or null where the cell holds anything else (UN1 to UN7 say why there
        is none): a letter, eleven digits, and a digit or, in a temporary number, a letter.
    -#}
    case
        when {{ matches_regex(clean_identifier(column), '^[A-Z][0-9]{11}[0-9A-Z]$') }}
            then {{ clean_identifier(column) }}
    end
{%- endmacro %}
