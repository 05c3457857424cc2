{% test unique_key(model, columns) %}
    {#-
        Fails with each combination of the columns that two or more rows share, and with each that
        has a null: a key in one query, for the many tables of which no more is asked.
    -#}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1 or {{ columns | join(' is null or ') }} is null
{% endtest %}
