{% set limit = var('small_number_limit') | int %}

with figures as (
    select * from {{ ref('fct_indicator_values') }}
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

computed_values as (
    select * from {{ ref('fct_computed_values') }}
),

costs as (
    select * from {{ ref('fct_cost_values') }}
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
        figures.denominator - figures.numerator between 1 and {{ limit }}
        and indicators.measure = 'distribution' as has_small_rest,
        case
            when figures.period_type in ('month', 'quarter')
                then coalesce(indicators.monthly_population, indicators.population)
            else indicators.population
        end as population,
        indicators.denominator as denominator_set,
        {{ numerator_set('indicators.measure', 'indicators.numerator', 'indicators.denominator') }}
            as numerator_set,
        {{ rest_set('indicators.numerator', 'indicators.denominator') }} as rest_set,
        {{ measured_set(
            'indicators.measure', 'indicators.denominator', 'indicators.measure_column'
        ) }} as measured_set,
        indicators.measure
    from figures
    inner join indicators on figures.indicator_id = indicators.indicator_id
    where figures.basis = 'computed' and figures.version = 'outturn'
),

compared_cohorts as (
    {{ compared_cohorts('indicators') }}
),

-- Of two figures whose cohorts lie one in the other, the wider one rests on the children between.
compared_sets as (
    select
        indicator_id,
        compared_set as set_name
    from compared_cohorts
    union
    select
        indicator_id,
        {{ numerator_set('measure', 'numerator', 'compared_set') }} as set_name
    from compared_cohorts
    where measure = 'percent'
    union
    select
        indicator_id,
        {{ rest_set('numerator', 'compared_set') }} as set_name
    from compared_cohorts
    where measure = 'percent'
),

-- A figure is withheld with any count it rests on. A share of the whole rests on the whole as well.
counts_of_figures as (
    {% for set_name in ['denominator_set', 'numerator_set', 'rest_set', 'measured_set'] %}
        select
            *,
            {{ set_name }} as set_name,
            breakdown as counted_breakdown,
            breakdown_value as counted_value
        from computed_figures
        union all
    {% endfor %}
    select
        computed_figures.*,
        compared_sets.set_name,
        computed_figures.breakdown as counted_breakdown,
        computed_figures.breakdown_value as counted_value
    from computed_figures
    inner join compared_sets on computed_figures.indicator_id = compared_sets.indicator_id
    union all
    select
        *,
        denominator_set as set_name,
        'total' as counted_breakdown,
        'total' as counted_value
    from computed_figures
    where measure = 'distribution'
),

withheld_figures as (
    select
        'computed' as basis,
        counts_of_figures.indicator_id,
        counts_of_figures.area_code,
        counts_of_figures.period_label,
        counts_of_figures.breakdown,
        counts_of_figures.breakdown_value
    from counts_of_figures
    inner join withheld_counts
        on counts_of_figures.population = withheld_counts.population
            and counts_of_figures.area_code = withheld_counts.area_code
            and counts_of_figures.period_label = withheld_counts.period_label
            and counts_of_figures.set_name = withheld_counts.set_name
            and counts_of_figures.counted_breakdown = withheld_counts.breakdown
            and counts_of_figures.counted_value = withheld_counts.breakdown_value
    union
    select
        'computed' as basis,
        indicator_id,
        area_code,
        period_label,
        breakdown,
        breakdown_value
    from computed_figures
    where has_small_rest
    union
    -- A gap rests on two groups, and on who is not in the numerator of each.
    select
        'computed' as basis,
        computed_values.indicator_id,
        computed_values.area_code,
        computed_values.period_label,
        computed_values.breakdown,
        computed_values.breakdown_value
    from computed_values
    inner join indicators on computed_values.indicator_id = indicators.indicator_id
    where
        indicators.measure = 'gap'
        and (
            computed_values.group_numerator between 1 and {{ limit }}
            or computed_values.group_denominator - computed_values.group_numerator
            between 1 and {{ limit }}
            or computed_values.others_numerator between 1 and {{ limit }}
            or computed_values.others_denominator - computed_values.others_numerator
            between 1 and {{ limit }}
        )
),

-- What an owner sent with its counts is withheld like what is computed; targets count nobody.
returned_figures as (
    select
        figures.indicator_id,
        figures.area_code,
        figures.period_type,
        figures.period_label,
        figures.breakdown,
        figures.breakdown_value,
        figures.version,
        figures.basis,
        coalesce(figures.numerator, case when indicators.unit = 'count' then figures.value end)
            as part_count,
        coalesce(
            figures.numerator between 1 and {{ limit }}
            or figures.denominator - figures.numerator between 1 and {{ limit }}
            or figures.denominator between 1 and {{ limit }}
            or (
                (indicators.unit = 'count' or figures.breakdown = 'measure')
                and figures.value between 1 and {{ limit }}
            ),
            false
        ) as is_small
    from figures
    inner join indicators on figures.indicator_id = indicators.indicator_id
    where figures.basis = 'returned' and figures.version <> 'target'
),

-- The parts of a breakdown, the smallest first that are not withheld anyway; 0 only at last.
returned_parts as (
    select
        *,
        sum(case when is_small then 1 else 0 end) over (
            partition by indicator_id, area_code, period_type, period_label, breakdown, version
        ) as small_parts,
        sum(case when is_small then part_count else 0 end) over (
            partition by indicator_id, area_code, period_type, period_label, breakdown, version
        ) as small_sum,
        row_number() over (
            partition by
                indicator_id, area_code, period_type, period_label, breakdown, version, is_small
            order by
                case when part_count is null then 2 when part_count = 0 then 1 else 0 end,
                part_count,
                breakdown_value
        ) as place
    from returned_figures
),

-- One part alone, or parts that add up to few, could be worked out from the whole and the others:
-- the next smallest goes with them. Measures of an indicator are no parts of a whole.
small_returned_figures as (
    select * from returned_parts
    where
        is_small
        or (
            breakdown not in ('total', 'measure')
            and (
                small_parts = 1
                or small_parts > 1 and small_sum <= greatest({{ limit }}, small_parts)
            )
            and place = 1
            and part_count is not null
        )
),

-- What a week costs says what one child costs, where there are few.
small_costs as (
    select distinct
        indicator_id,
        area_code,
        period_label
    from costs
    where child_count between 1 and {{ limit }}
),

judged as (
    select
        figures.*,
        withheld_figures.indicator_id is not null
        or small_costs.indicator_id is not null
        or small_returned_figures.indicator_id is not null as is_withheld
    from figures
    left join withheld_figures
        on figures.basis = withheld_figures.basis
            and figures.indicator_id = withheld_figures.indicator_id
            and figures.area_code = withheld_figures.area_code
            and figures.period_label = withheld_figures.period_label
            and figures.breakdown = withheld_figures.breakdown
            and figures.breakdown_value = withheld_figures.breakdown_value
    left join small_costs
        on figures.basis = 'computed'
            and figures.indicator_id = small_costs.indicator_id
            and figures.area_code = small_costs.area_code
            and figures.period_label = small_costs.period_label
    left join small_returned_figures
        on figures.basis = small_returned_figures.basis
            and figures.indicator_id = small_returned_figures.indicator_id
            and figures.area_code = small_returned_figures.area_code
            and figures.period_type = small_returned_figures.period_type
            and figures.period_label = small_returned_figures.period_label
            and figures.breakdown = small_returned_figures.breakdown
            and figures.breakdown_value = small_returned_figures.breakdown_value
            and figures.version = small_returned_figures.version
),

suppressed as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        breakdown,
        breakdown_value,
        version,
        basis,
        period_start,
        period_end,
        case when not is_withheld then numerator end as numerator,
        case when not is_withheld then denominator end as denominator,
        case when not is_withheld then value end as value,
        case when is_withheld then 'suppressed' else status end as status,
        case
            when is_withheld
                then 'Withheld: it rests on a small number of children, or would give one away.'
            else note
        end as note
    from judged
)

select * from suppressed
