{% macro withhold_next_smallest(relation, is_withheld_column) -%}
    {#-
        Secondary suppression: the counts of `relation`, with one more withheld in each breakdown
        whose withheld counts could be worked out from its total. That is so when one alone is
        withheld, when together they are no more than the small number limit, and when each of
        them must be 1. The next one is the smallest that is not 0; a 0 only where there is no
        other. One is enough: it is over the limit, and so then is the sum.
        Returns the key columns, member_count, is_small and is_withheld.
    -#}
    {%- set limit = var('small_number_limit') | int -%}
    {%- set cells = "population, set_name, area_code, period_label, breakdown" -%}
    select
        population,
        set_name,
        area_code,
        period_label,
        breakdown,
        breakdown_value,
        member_count,
        is_small,
        {{ is_withheld_column }} or (
            breakdown <> 'total'
            and sum(case when {{ is_withheld_column }} then 1 else 0 end)
                over (partition by {{ cells }}) > 0
            and (
                sum(case when {{ is_withheld_column }} then 1 else 0 end)
                    over (partition by {{ cells }}) = 1
                or sum(case when {{ is_withheld_column }} then member_count else 0 end)
                    over (partition by {{ cells }})
                <= greatest(
                    {{ limit }},
                    sum(case when {{ is_withheld_column }} then 1 else 0 end)
                        over (partition by {{ cells }})
                )
            )
            and row_number() over (
                partition by {{ cells }}, {{ is_withheld_column }}
                order by
                    case when member_count = 0 then 1 else 0 end,
                    member_count,
                    breakdown_value
            ) = 1
        ) as is_withheld
    from {{ relation }}
{%- endmacro %}
