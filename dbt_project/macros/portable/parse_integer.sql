{% macro parse_integer(column) -%}
    {#-
        The whole number a cell says (a trailing .0 from a spreadsheet is allowed), else null.
        try_cast alone would round 3.7 to 4 in DuckDB.
    -#}
    {{ return(adapter.dispatch('parse_integer', 'pier')(column)) }}
{%- endmacro %}

{% macro default__parse_integer(column) -%}
    case
        when regexp_matches(trim({{ column }}), '^-?\d{1,9}(\.0+)?$')
            then cast(cast(trim({{ column }}) as double) as integer)
    end
{%- endmacro %}

{% macro spark__parse_integer(column) -%}
    case
        when trim({{ column }}) rlike r'^-?\d{1,9}(\.0+)?$'
            then cast(cast(trim({{ column }}) as double) as integer)
    end
{%- endmacro %}
