{% macro parse_timestamp(column) -%}
    {#-
        The moment a cell says as dd/mm/yyyy or yyyy-mm-dd with hours and minutes, else null; a
        day alone is its midnight.
    -#}
    {{ return(adapter.dispatch('parse_timestamp', 'pier')(column)) }}
{%- endmacro %}

{% macro default__parse_timestamp(column) -%}
    case
        when regexp_matches(trim({{ column }}), '^\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}$')
            then try_strptime(trim({{ column }}), '%d/%m/%Y %H:%M')
        when regexp_matches(trim({{ column }}), '^\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}:\d{2}$')
            then try_strptime(trim({{ column }}), '%d/%m/%Y %H:%M:%S')
        when regexp_matches(trim({{ column }}), '^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.0+)?)?$')
            then try_cast(trim({{ column }}) as timestamp)
        else cast({{ parse_date(column) }} as timestamp)
    end
{%- endmacro %}

{% macro spark__parse_timestamp(column) -%}
    case
        when trim({{ column }}) rlike r'^\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}$'
            then try_to_timestamp(trim({{ column }}), 'd/M/yyyy H:mm')
        when trim({{ column }}) rlike r'^\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}:\d{2}$'
            then try_to_timestamp(trim({{ column }}), 'd/M/yyyy H:mm:ss')
        when trim({{ column }}) rlike r'^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.0+)?)?$'
            then try_cast(trim({{ column }}) as timestamp)
        else cast({{ parse_date(column) }} as timestamp)
    end
{%- endmacro %}
