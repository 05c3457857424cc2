{% macro compared_cohorts(indicators) -%}
    {#-
        Pairs of indicators that differ by who is in the denominator alone, as the pupils looked
        after all year and all who are looked after: one figure subtracted from the other is that of
        the children between. `compared_set` names those of `indicator_id` who are not of
        `other_indicator_id`; the children counted are also told apart by `numerator`. Each pair
        stands both ways round: which cohort is the wider one, only the figures tell.
    -#}
    select
        indicators.indicator_id,
        other_indicators.indicator_id as other_indicator_id,
        indicators.measure,
        indicators.numerator,
        concat(
            coalesce(
                {{ measured_set(
                    'indicators.measure', 'indicators.denominator', 'indicators.measure_column'
                ) }},
                indicators.denominator
            ),
            ' and not ',
            other_indicators.denominator
        ) as compared_set
    from {{ indicators }} as indicators
    inner join {{ indicators }} as other_indicators
        on indicators.population = other_indicators.population
            and indicators.measure = other_indicators.measure
            and coalesce(indicators.numerator, '') = coalesce(other_indicators.numerator, '')
            and coalesce(indicators.measure_column, '')
            = coalesce(other_indicators.measure_column, '')
            and indicators.denominator <> other_indicators.denominator
    where indicators.measure in ('percent', 'mean', 'median')
{%- endmacro %}
