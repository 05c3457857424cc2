{% macro indicator_members(indicators) -%}
    {#-
        The members of every population beside each indicator counted in it, as one query. The
        columns an indicator names are chosen here, so that whatever reads the result needs to
        know no population.
        Args: indicators: relation with indicator_id, population, numerator, denominator and
        measure_column.
    -#}
    {%- set rolling = rolling_populations() %}
    {%- for population in populations() %}
    {%- set columns = population_columns(population) %}
    select
        {{ indicators }}.indicator_id,
        members.area_code,
        {%- if population in rolling %}
        members.period_type,
        {%- else %}
        cast(null as {{ dbt.type_string() }}) as period_type,
        {%- endif %}
        members.period_label,
        '{{ population }}' as population,
        members.member_id,
        members.child_id,
        members.counted_on,
        {{ chosen_column(indicators ~ '.numerator', columns.flags, 'boolean') }}
            as numerator_flag,
        {{ chosen_column(indicators ~ '.denominator', columns.flags, 'boolean') }}
            as denominator_flag,
        {{ chosen_column(indicators ~ '.comparison', columns.flags, 'boolean') }}
            as comparison_flag,
        {{ chosen_column(indicators ~ '.measure_column', columns.measures, 'double') }}
            as measure
        {%- for breakdown in breakdown_columns() %},
        {%- if breakdown in columns.breakdowns %}
        members.{{ breakdown }}
        {%- else %}
        cast(null as {{ dbt.type_string() }}) as {{ breakdown }}
        {%- endif %}
        {%- endfor %},
        members.reason,
        members._delivery_id as delivery_id,
        members._source_file as source_file,
        members._source_line as source_line
    from {{ ref(population) }} as members
    inner join {{ indicators }} on {{ indicators }}.population = '{{ population }}'
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
