{% macro parse_number(column) -%}
    {#- The decimal number a cell says, else null; words such as inf and nan are not numbers. -#}
    {{ return(adapter.dispatch('parse_number', 'pier')(column)) }}
{%- endmacro %}

{% macro default__parse_number(column) -%}
    case
        when regexp_matches(trim({{ column }}), '^-?\d{1,15}(\.\d+)?$')
            then cast(trim({{ column }}) as double)
    end
{%- endmacro %}

{% macro spark__parse_number(column) -%}
    case
        when trim({{ column }}) rlike r'^-?\d{1,15}(\.\d+)?$'
            then cast(trim({{ column }}) as double)
    end
{%- endmacro %}
