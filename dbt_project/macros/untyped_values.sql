{% macro untyped_values(table_name, column_name, expected_type) -%}
    {#-
        The cells of one landed column that hold something, and not a value of the expected type.
        Args: expected_type: date, integer, number or part_date (zz for a part not known).
    -#}
    {%- set parsers = {
        'date': parse_date,
        'integer': parse_integer,
        'number': parse_number,
        'part_date': parse_part_date,
    } -%}
    select
        _delivery_id,
        _source_file,
        _source_line,
        '{{ table_name }}' as table_name,
        '{{ column_name }}' as column_name,
        {{ column_name }} as original_text,
        '{{ expected_type }}' as expected_type
    from {{ source('ssda903', table_name) }}
    where
        {{ clean_text(column_name) }} is not null
        and {{ parsers[expected_type](column_name) }} is null
{%- endmacro %}
