{% test never_null(model, columns) %}
    {#- Fails once for each of the columns that is null in some row: all are read in one go. -#}
    with null_counts as (
        select
            {%- for column in columns %}
            count(*) - count({{ column }}) as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ model }}
    ),

    null_counts_by_column as (
        select *
        from null_counts
        unpivot (null_count for column_name in ({{ columns | join(', ') }}))
    )

    select * from null_counts_by_column where null_count > 0
{% endtest %}
