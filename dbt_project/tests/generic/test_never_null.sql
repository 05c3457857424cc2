{% test never_null(model, columns) %}
    {#- Fails once for each of the columns that is null in some row: one query for all of them. -#}
    with null_counts as (
        {% for column in columns -%}
        select
            '{{ column }}' as column_name,
            count(*) - count({{ column }}) as null_count
        from {{ model }}
        {% if not loop.last %}union all{% endif %}
        {% endfor %}
    )

    select * from null_counts where null_count > 0
{% endtest %}
