{% macro populations_of_indicators(indicators) -%}
    {#-
        Each indicator beside every population it is counted in, with the columns it names: one
        with a population of month ends is counted in both, the year's members and theirs.
        Args: indicators: relation of the catalogue, as `dim_indicators`.
    -#}
    {%- for population in ['population', 'monthly_population'] %}
    select
        indicator_id,
        {{ population }} as population,
        numerator,
        denominator,
        comparison,
        measure_column
    from {{ indicators }}
    where {{ population }} is not null
    {%- if not loop.last %}
    union
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
