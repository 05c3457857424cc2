{% macro by_breakdown(relation, columns) -%}
    {#-
        The rows of `relation`, members of indicators with every breakdown column, once in total
        and once for each characteristic they have: as breakdown and breakdown_value.
        Args: columns: what to keep of a row besides.
    -#}
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        breakdown,
        breakdown_value,
        {{ columns | join(', ') }}
    from {{ relation }}
    unpivot (breakdown_value for breakdown in ({{ breakdown_columns() | join(', ') }}))
    union all
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        'total' as breakdown,
        'total' as breakdown_value,
        {{ columns | join(', ') }}
    from {{ relation }}
{%- endmacro %}
