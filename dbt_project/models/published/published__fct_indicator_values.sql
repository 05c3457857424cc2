with figures as (
    select * from {{ ref('fct_indicator_values') }}
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

withheld_counts as (
    select * from {{ ref('fct_small_number_counts') }}
    where is_withheld
),

computed_figures as (
    select
        figures.indicator_id,
        figures.area_code,
        figures.period_label,
        figures.breakdown,
        figures.breakdown_value,
        figures.denominator - figures.numerator between 1 and {{ var('small_number_limit') | int }}
        and indicators.measure = 'distribution' as has_small_rest,
        indicators.population,
        indicators.denominator as denominator_set,
        {{ numerator_set('indicators.measure', 'indicators.numerator', 'indicators.denominator') }}
            as numerator_set,
        {{ rest_set('indicators.numerator', 'indicators.denominator') }} as rest_set,
        indicators.measure
    from figures
    inner join indicators on figures.indicator_id = indicators.indicator_id
    where figures.basis = 'computed' and figures.version = 'outturn'
),

-- A figure is withheld with any count it rests on. A share of the whole rests on the whole as well.
withheld_figures as (
    select distinct
        computed_figures.indicator_id,
        computed_figures.area_code,
        computed_figures.period_label,
        computed_figures.breakdown,
        computed_figures.breakdown_value
    from computed_figures
    left join withheld_counts
        on computed_figures.population = withheld_counts.population
            and computed_figures.area_code = withheld_counts.area_code
            and computed_figures.period_label = withheld_counts.period_label
            and (
                computed_figures.breakdown = withheld_counts.breakdown
                and computed_figures.breakdown_value = withheld_counts.breakdown_value
                and withheld_counts.set_name in (
                    computed_figures.denominator_set,
                    computed_figures.numerator_set,
                    computed_figures.rest_set
                )
                or computed_figures.measure = 'distribution'
                and withheld_counts.breakdown = 'total'
                and computed_figures.denominator_set = withheld_counts.set_name
            )
    where withheld_counts.set_name is not null or computed_figures.has_small_rest
),

suppressed as (
    select
        figures.indicator_id,
        figures.area_code,
        figures.period_type,
        figures.period_label,
        figures.breakdown,
        figures.breakdown_value,
        figures.version,
        figures.basis,
        figures.period_start,
        figures.period_end,
        case when withheld_figures.indicator_id is null then figures.numerator end as numerator,
        case when withheld_figures.indicator_id is null then figures.denominator end
            as denominator,
        case when withheld_figures.indicator_id is null then figures.value end as value,
        case
            when withheld_figures.indicator_id is null then figures.status
            else 'suppressed'
        end as status,
        case
            when withheld_figures.indicator_id is null then figures.note
            else 'Withheld: it rests on a small number of children, or would give one away.'
        end as note
    from figures
    left join withheld_figures
        on figures.basis = 'computed'
            and figures.indicator_id = withheld_figures.indicator_id
            and figures.area_code = withheld_figures.area_code
            and figures.period_label = withheld_figures.period_label
            and figures.breakdown = withheld_figures.breakdown
            and figures.breakdown_value = withheld_figures.breakdown_value
)

select * from suppressed
