{% macro indicator_members(indicators, alike=false) -%}
    {#-
        The members of every population beside each indicator counted in it, as one query. The
        columns an indicator names are chosen here, so that whatever reads the result needs to
        know no population.
        Args: indicators: relation with indicator_id, population, numerator, denominator,
        comparison and measure_column. alike: members up to `as_at` that nothing tells apart are
        one row with their `member_count`, counted before they stand beside each indicator: many
        times fewer rows where a figure needs no names. The day is then only a month_start and
        is_last_day; the child and the measure are null, reason and where a record came from left out.
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
        {%- if alike %}
        cast(null as {{ dbt.type_string() }}) as member_id,
        cast(null as {{ dbt.type_string() }}) as child_id,
        cast(null as date) as counted_on,
        members.month_start,
        members.is_last_day,
        members.member_count,
        cast(null as double) as measure,
        {%- else %}
        members.member_id,
        members.child_id,
        members.counted_on,
        {%- endif %}
        {{ chosen_column(indicators ~ '.numerator', columns.flags, 'boolean') }}
            as numerator_flag,
        {{ chosen_column(indicators ~ '.denominator', columns.flags, 'boolean') }}
            as denominator_flag,
        {{ chosen_column(indicators ~ '.comparison', columns.flags, 'boolean') }}
            as comparison_flag
        {%- for breakdown in breakdown_columns() %},
        {%- if breakdown in columns.breakdowns %}
        members.{{ breakdown }}
        {%- else %}
        cast(null as {{ dbt.type_string() }}) as {{ breakdown }}
        {%- endif %}
        {%- endfor %}
        {%- if not alike %},
        {{ chosen_column(indicators ~ '.measure_column', columns.measures, 'double') }}
            as measure,
        members.reason,
        members._delivery_id as delivery_id,
        members._source_file as source_file,
        members._source_line as source_line
        {%- endif %}
    {%- if alike %}
    from (
        select
            area_code,
            {%- if population in rolling %}
            period_type,
            {%- endif %}
            period_label,
            {{ month_start('counted_on') }} as month_start,
            counted_on = {{ dbt.last_day('counted_on', 'month') }} as is_last_day,
            {%- for column in columns.flags + columns.breakdowns %}
            {{ column }},
            {%- endfor %}
            count(*) as member_count
        from {{ ref(population) }}
        where counted_on <= {{ as_at() }}
        group by all
    ) as members
    {%- else %}
    from {{ ref(population) }} as members
    {%- endif %}
    inner join {{ indicators }} on {{ indicators }}.population = '{{ population }}'
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
