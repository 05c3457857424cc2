{% macro parse_date(column) -%}
    {#-
        The date a cell says as dd/mm/yyyy, yyyy-mm-dd or, in extracts of the school census,
        yyyy-Mon-dd (a midnight may follow), else null.
        The shape is tested first: both engines would read 01/04/16 as the year 16.
    -#}
    {{ return(adapter.dispatch('parse_date', 'pier')(column)) }}
{%- endmacro %}

{% macro default__parse_date(column) -%}
    case
        when regexp_matches(trim({{ column }}), '^\d{1,2}/\d{1,2}/\d{4}( 00:00(:00)?)?$')
            then cast(try_strptime(split_part(trim({{ column }}), ' ', 1), '%d/%m/%Y') as date)
        when regexp_matches(trim({{ column }}), '^\d{4}-\d{2}-\d{2}([ T]00:00(:00(\.0+)?)?)?$')
            then cast(try_strptime(substr(trim({{ column }}), 1, 10), '%Y-%m-%d') as date)
        when regexp_matches(trim({{ column }}), '^\d{4}-[A-Z][a-z]{2}-\d{2}( 00:00(:00)?)?$')
            then cast(try_strptime(substr(trim({{ column }}), 1, 11), '%Y-%b-%d') as date)
    end
{%- endmacro %}

{% macro spark__parse_date(column) -%}
    case
        when trim({{ column }}) rlike r'^\d{1,2}/\d{1,2}/\d{4}( 00:00(:00)?)?$'
            then cast(
                try_to_timestamp(split_part(trim({{ column }}), ' ', 1), 'd/M/yyyy') as date
            )
        when trim({{ column }}) rlike r'^\d{4}-\d{2}-\d{2}([ T]00:00(:00(\.0+)?)?)?$'
            then cast(try_to_timestamp(substr(trim({{ column }}), 1, 10), 'yyyy-MM-dd') as date)
        when trim({{ column }}) rlike r'^\d{4}-[A-Z][a-z]{2}-\d{2}( 00:00(:00)?)?$'
            then cast(try_to_timestamp(substr(trim({{ column }}), 1, 11), 'yyyy-MMM-dd') as date)
    end
{%- endmacro %}
