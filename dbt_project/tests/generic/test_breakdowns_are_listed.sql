{% test breakdowns_are_listed(model, columns) %}
    {#-
        Fails with each value of a breakdown column that seed breakdown_values lacks: figures are
        made for the listed values, so children with another one would be in no breakdown.
    -#}
    with members as (
        -- Children alike in all of them once: far fewer rows to take apart.
        select distinct {{ columns | join(', ') }} from {{ model }}
    ),

    breakdowns as (
        select distinct
            breakdown,
            breakdown_value
        from members
        unpivot (breakdown_value for breakdown in ({{ columns | join(', ') }}))
    )

    select
        breakdowns.breakdown,
        breakdowns.breakdown_value
    from breakdowns
    left join {{ ref('breakdown_values') }} as listed
        on breakdowns.breakdown = listed.breakdown
        and breakdowns.breakdown_value = listed.breakdown_value
    where listed.breakdown is null
{% endtest %}
