with indicators as (
    select * from {{ ref('dim_indicators') }}
    where population is not null
),

flags as (
    select * from {{ ref('fct_indicator_flags') }}
),

population_periods as (
    select * from {{ ref('int_indicators__population_periods') }}
),

breakdown_values as (
    select * from {{ ref('breakdown_values') }}
),

populations_of_areas as (
    select * from {{ ref('int_indicators__area_populations') }}
),

-- Every figure there should be, so that one without members is a 0 or a status, not a gap.
expected_figures as (
    select
        indicators.indicator_id,
        indicators.measure,
        indicators.multiplier,
        indicators.period_type,
        population_periods.area_code,
        population_periods.period_label,
        case
            when indicators.period_type = 'snapshot' then population_periods.period_end
            else population_periods.period_start
        end as period_start,
        population_periods.period_end,
        population_periods.is_complete,
        breakdown_values.breakdown,
        breakdown_values.breakdown_value,
        populations_of_areas.population_count
    from indicators
    inner join population_periods on indicators.population = population_periods.population
    cross join breakdown_values
    left join populations_of_areas
        on indicators.denominator = populations_of_areas.population_name
            and population_periods.area_code = populations_of_areas.area_code
            and population_periods.period_label = populations_of_areas.period_label
            and breakdown_values.breakdown = 'total'
),

members_by_breakdown as (
    select
        indicator_id,
        area_code,
        period_label,
        breakdown,
        breakdown_value,
        in_numerator,
        in_denominator,
        measure
    from flags
    unpivot (
        breakdown_value for breakdown in (
            age_band,
            sex,
            ethnic_group,
            minority_ethnic,
            placement_type,
            legal_status,
            category_of_need,
            uasc
        )
    )
    union all
    select
        indicator_id,
        area_code,
        period_label,
        'total' as breakdown,
        'total' as breakdown_value,
        in_numerator,
        in_denominator,
        measure
    from flags
),

member_counts as (
    select
        indicator_id,
        area_code,
        period_label,
        breakdown,
        breakdown_value,
        count(*) filter (where in_numerator) as numerator_count,
        count(*) filter (where in_denominator) as denominator_count,
        count(measure) filter (where in_denominator) as measured_count,
        sum(measure) filter (where in_denominator) as measure_sum,
        median(measure) filter (where in_denominator) as measure_median
    from members_by_breakdown
    group by all
),

counted as (
    select
        expected_figures.*,
        coalesce(member_counts.numerator_count, 0) as numerator_count,
        coalesce(member_counts.denominator_count, 0) as denominator_count,
        coalesce(member_counts.measured_count, 0) as measured_count,
        member_counts.measure_sum,
        member_counts.measure_median,
        coalesce(
            max(member_counts.denominator_count) filter (
                where expected_figures.breakdown = 'total'
            ) over (
                partition by
                    expected_figures.indicator_id,
                    expected_figures.area_code,
                    expected_figures.period_label
            ),
            0
        ) as whole_count
    from expected_figures
    left join member_counts
        on expected_figures.indicator_id = member_counts.indicator_id
            and expected_figures.area_code = member_counts.area_code
            and expected_figures.period_label = member_counts.period_label
            and expected_figures.breakdown = member_counts.breakdown
            and expected_figures.breakdown_value = member_counts.breakdown_value
),

counts as (
    select
        *,
        cast(numerator_count as double) as numerator,
        cast(null as double) as denominator,
        cast(numerator_count as double) as value
    from counted
    where measure = 'count'
),

percents as (
    select
        *,
        cast(numerator_count as double) as numerator,
        cast(denominator_count as double) as denominator,
        100.0 * numerator_count / nullif(denominator_count, 0) as value
    from counted
    where measure = 'percent'
),

rates as (
    select
        *,
        cast(numerator_count as double) as numerator,
        cast(population_count as double) as denominator,
        cast(multiplier as double) * numerator_count / nullif(population_count, 0) as value
    from counted
    where measure = 'rate'
),

means as (
    select
        *,
        measure_sum as numerator,
        cast(measured_count as double) as denominator,
        measure_sum / nullif(measured_count, 0) as value
    from counted
    where measure = 'mean'
),

medians as (
    select
        *,
        cast(null as double) as numerator,
        cast(measured_count as double) as denominator,
        measure_median as value
    from counted
    where measure = 'median'
),

-- The share of the whole that has each value of a breakdown.
distributions as (
    select
        *,
        cast(numerator_count as double) as numerator,
        cast(whole_count as double) as denominator,
        100.0 * numerator_count / nullif(whole_count, 0) as value
    from counted
    where measure = 'distribution'
),

figures as (
    select * from counts
    union all
    select * from percents
    union all
    select * from rates
    union all
    select * from means
    union all
    select * from medians
    union all
    select * from distributions
),

judged as (
    select
        *,
        case
            when not is_complete then 'not_available'
            when measure = 'rate' and population_count is null then 'not_available'
            when value is null then 'not_applicable'
            else 'final'
        end as status
    from figures
),

values_with_status as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        breakdown,
        breakdown_value,
        period_start,
        period_end,
        case when is_complete then numerator end as numerator,
        case when is_complete then denominator end as denominator,
        case when is_complete then value end as value,
        status,
        case
            when not is_complete then 'A table this figure needs was not in the return.'
            when status = 'not_available' then 'No population to divide by.'
            when status = 'not_applicable' then 'No child to count in the denominator.'
        end as note
    from judged
)

select * from values_with_status
