-- Two published percentages or means that differ by who is in the denominator alone: one subtracted
-- from the other must not give a figure of one to five children, nor tell of as few whether they
-- are in the numerator. Looks only at what is published.
{% set limit = var('small_number_limit') | int %}

with indicators as (
    select * from {{ ref('dim_indicators') }}
    where measure in ('percent', 'mean', 'median')
),

shown as (
    select
        figures.*,
        indicators.population,
        indicators.measure,
        indicators.numerator as numerator_flag,
        indicators.denominator as denominator_flag,
        indicators.measure_column
    from {{ ref('published__fct_indicator_values') }} as figures
    inner join indicators on figures.indicator_id = indicators.indicator_id
    where
        figures.basis = 'computed'
        and figures.version = 'outturn'
        and figures.denominator is not null
),

differences as (
    select
        wider.indicator_id,
        narrower.indicator_id as narrower_indicator_id,
        wider.area_code,
        wider.period_type,
        wider.period_label,
        wider.breakdown,
        wider.breakdown_value,
        wider.measure,
        wider.denominator - narrower.denominator as children,
        wider.numerator - narrower.numerator as children_in_numerator
    from shown as wider
    inner join shown as narrower
        on wider.population = narrower.population
            and wider.measure = narrower.measure
            and wider.numerator_flag is not distinct from narrower.numerator_flag
            and wider.measure_column is not distinct from narrower.measure_column
            and wider.area_code = narrower.area_code
            and wider.period_type = narrower.period_type
            and wider.period_label = narrower.period_label
            and wider.breakdown = narrower.breakdown
            and wider.breakdown_value = narrower.breakdown_value
    where wider.denominator_flag <> narrower.denominator_flag
)

select *
from differences
where
    children between 1 and {{ limit }}
    or (
        measure = 'percent'
        and (
            children_in_numerator between 1 and {{ limit }}
            or children - children_in_numerator between 1 and {{ limit }}
        )
    )
