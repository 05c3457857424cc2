{% test unique_combination(model, columns) %}
    {#- Fails with each combination of the columns that two or more rows share. -#}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endtest %}
