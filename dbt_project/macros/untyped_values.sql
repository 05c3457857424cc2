{% macro untyped_values(return_name, typed_columns) -%}
    {#-
        The cells of a return that hold something, and not a value of the expected type. Each
        text is looked at once, for a column of dates holds the same ones many times over: min()
        keeps an engine from looking before it has grouped them.
        Args: typed_columns: table, column and expected type, which is boolean, date, integer,
        month, number, part_date (zz for a part not known), term or timestamp.
    -#}
    {%- set parsers = {
        'boolean': parse_boolean,
        'date': parse_date,
        'integer': parse_integer,
        'month': parse_month,
        'number': parse_number,
        'part_date': parse_part_date,
        'term': parse_term,
        'timestamp': parse_timestamp,
    } -%}
    {%- for table_name, column_name, expected_type in typed_columns %}
    select
        _delivery_id,
        _source_file,
        _source_line,
        '{{ table_name }}' as table_name,
        '{{ column_name }}' as column_name,
        {{ column_name }} as original_text,
        '{{ expected_type }}' as expected_type
    from {{ source(return_name, table_name) }}
    where
        {{ column_name }} in (
            select {{ column_name }}
            from (
                select min({{ column_name }}) as {{ column_name }}
                from {{ source(return_name, table_name) }}
                group by {{ column_name }}
            ) as different_cells
            where
                {{ clean_text(column_name) }} is not null
                and {{ parsers[expected_type](column_name) }} is null
        )
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
