{% macro clean_pupil_number(column) -%}
    {#-
        A unique pupil number, or null where the cell holds anything else (UN1 to UN7 say why there
        is none): a letter, eleven digits, and a digit or, in a temporary number, a letter.
        Args: column: of a staging model, where `clean_identifier` has been at it.
    -#}
    case when {{ matches_regex(column, '^[A-Z][0-9]{11}[0-9A-Z]$') }} then {{ column }} end
{%- endmacro %}
