{%- set figure_key -%}
    measured_by_breakdown.indicator_id,
                measured_by_breakdown.area_code,
                measured_by_breakdown.period_type,
                measured_by_breakdown.period_label,
                measured_by_breakdown.breakdown,
                measured_by_breakdown.breakdown_value
{%- endset -%}

with indicators as (
    select * from {{ ref('dim_indicators') }}
    where population is not null
),

flag_counts as (
    select * from {{ ref('fct_indicator_flag_counts') }}
),

population_periods as (
    select * from {{ ref('int_indicators__population_periods') }}
),

gaps as (
    select * from {{ ref('int_indicators__gaps') }}
),

periods as (
    select * from {{ ref('dim_periods') }}
    where period_start <= {{ as_at() }}
),

population_breakdowns as (
    select * from {{ ref('int_indicators__population_breakdowns') }}
),

breakdown_values as (
    select * from {{ ref('breakdown_values') }}
),

monthly_breakdowns as (
    select * from {{ ref('monthly_breakdowns') }}
),

populations_of_areas as (
    select * from {{ ref('int_indicators__area_populations') }}
),

years_expected as (
    select
        indicators.indicator_id,
        indicators.population,
        population_periods.area_code,
        population_periods.period_label as year_label,
        periods.period_type,
        periods.period_label,
        periods.period_start,
        periods.period_end,
        population_breakdowns.breakdown
    from indicators
    inner join population_periods on indicators.population = population_periods.population
    inner join periods
        on coalesce(population_periods.period_type, indicators.period_type) = periods.period_type
            and {{ label_of_period(
                'indicators.period_type', 'population_periods.period_label'
            ) }} = periods.period_label
    inner join population_breakdowns on indicators.population = population_breakdowns.population
),

-- Months and quarters have breakdowns only where a report shows them.
months_expected as (
    select
        indicators.indicator_id,
        coalesce(indicators.monthly_population, indicators.population) as population,
        population_periods.area_code,
        population_periods.period_label as year_label,
        periods.period_type,
        periods.period_label,
        periods.period_start,
        periods.period_end,
        population_breakdowns.breakdown
    from indicators
    inner join population_periods
        on coalesce(indicators.monthly_population, indicators.population)
            = population_periods.population
    inner join periods
        on population_periods.period_label = periods.year_label
            and periods.period_end <= {{ as_at() }}
    inner join population_breakdowns
        on coalesce(indicators.monthly_population, indicators.population)
            = population_breakdowns.population
    left join monthly_breakdowns
        on indicators.indicator_id = monthly_breakdowns.indicator_id
            and population_breakdowns.breakdown = monthly_breakdowns.breakdown
    where
        indicators.is_monthly
        and (
            population_breakdowns.breakdown = 'total'
            or monthly_breakdowns.breakdown is not null
        )
),

-- Every figure there should be, so that one without members is a 0 or a status, not a gap.
expected as (
    select * from years_expected
    union all
    select * from months_expected
),

expected_figures as (
    select
        expected.*,
        indicators.measure,
        indicators.multiplier,
        indicators.period_basis = 'snapshot' and expected.period_end
        > {{ as_at() }} as is_still_to_come,
        breakdown_values.breakdown_value,
        populations_of_areas.population_count,
        whole_populations.population_count as whole_population_count
    from expected
    inner join indicators on expected.indicator_id = indicators.indicator_id
    inner join breakdown_values on expected.breakdown = breakdown_values.breakdown
    left join populations_of_areas
        on indicators.denominator = populations_of_areas.population_name
            and expected.area_code = populations_of_areas.area_code
            and expected.year_label = populations_of_areas.period_label
            and breakdown_values.breakdown = populations_of_areas.breakdown
            and breakdown_values.breakdown_value = populations_of_areas.breakdown_value
    left join populations_of_areas as whole_populations
        on indicators.denominator = whole_populations.population_name
            and expected.area_code = whole_populations.area_code
            and expected.year_label = whole_populations.period_label
            and whole_populations.breakdown = 'total'
),

columns_used as (
    select
        indicator_id,
        'every column' as column_name
    from indicators
    union
    select
        indicator_id,
        column_name
    from indicators
    unpivot (column_name for role in (numerator, denominator, comparison, measure_column))
),

gaps_by_column as (
    select distinct
        columns_used.indicator_id,
        gaps.population,
        gaps.area_code,
        gaps.period_label,
        gaps.status,
        gaps.missing_tables
    from columns_used
    inner join gaps on columns_used.column_name = gaps.column_name
),

-- A table of the year itself that is missing says more than one of an earlier year.
gaps_of_indicators as (
    select
        indicator_id,
        population,
        area_code,
        period_label,
        min(status) as status,
        {{ ordered_string_agg('missing_tables', '; ', 'status, missing_tables') }}
            as missing_tables
    from gaps_by_column
    group by
        indicator_id,
        population,
        area_code,
        period_label
),

measured_flags as (
    select * from flag_counts
    where in_denominator and measure is not null
),

counted_children as (
    select flag_counts.*
    from flag_counts
    inner join indicators on flag_counts.indicator_id = indicators.indicator_id
    where flag_counts.in_numerator and indicators.measure = 'children'
),

members_by_breakdown as (
    {{ by_breakdown('flag_counts', [
        'in_numerator', 'in_denominator', 'in_comparison_group', 'member_count'
    ]) }}
),

measured_by_breakdown as (
    {{ by_breakdown('measured_flags', ['measure', 'member_count']) }}
),

children_by_breakdown as (
    {{ by_breakdown('counted_children', ['child_id']) }}
),

-- The fifth with the lowest measures: as many as a fifth of all, rounded; ties in no order matter
-- not, as only their sum is used.
measured_in_order as (
    select
        measured_by_breakdown.*,
        row_number() over (
            partition by {{ figure_key }}
            order by measured_by_breakdown.measure
        ) as place,
        count(*) over (partition by {{ figure_key }}) as measured_members
    from measured_by_breakdown
    inner join indicators on measured_by_breakdown.indicator_id = indicators.indicator_id
    where indicators.measure = 'lowest_fifth_gap'
),

lowest_fifths as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        breakdown,
        breakdown_value,
        avg(measure) as lowest_fifth_mean
    from measured_in_order
    where place <= round(0.2 * measured_members)
    group by all
),

member_counts as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        breakdown,
        breakdown_value,
        {{ members_where('in_numerator') }} as numerator_count,
        {{ members_where('in_denominator') }} as denominator_count,
        {{ members_where('in_numerator and in_comparison_group') }} as group_numerator,
        {{ members_where('in_denominator and in_comparison_group') }} as group_denominator,
        {{ members_where('in_numerator and not in_comparison_group') }} as others_numerator,
        {{ members_where('in_denominator and not in_comparison_group') }} as others_denominator
    from members_by_breakdown
    group by all
),

measure_counts as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        breakdown,
        breakdown_value,
        sum(member_count) as measured_count,
        -- Rounded, because the order in which fractions are added up changes the last digits.
        round(sum(measure * member_count), 6) as measure_sum,
        median(measure) as measure_median
    from measured_by_breakdown
    group by all
),

child_counts as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        breakdown,
        breakdown_value,
        count(distinct child_id) as child_count
    from children_by_breakdown
    group by all
),

counted as (
    select
        expected_figures.*,
        coalesce(member_counts.numerator_count, 0) as numerator_count,
        coalesce(member_counts.denominator_count, 0) as denominator_count,
        coalesce(member_counts.group_numerator, 0) as group_numerator,
        coalesce(member_counts.group_denominator, 0) as group_denominator,
        coalesce(member_counts.others_numerator, 0) as others_numerator,
        coalesce(member_counts.others_denominator, 0) as others_denominator,
        coalesce(child_counts.child_count, 0) as child_count,
        coalesce(measure_counts.measured_count, 0) as measured_count,
        measure_counts.measure_sum,
        measure_counts.measure_median,
        lowest_fifths.lowest_fifth_mean,
        {{ dbt.datediff(
            'expected_figures.period_start', 'expected_figures.period_end', 'day'
        ) }} + 1 as day_count,
        coalesce(
            max(member_counts.denominator_count) filter (
                where expected_figures.breakdown = 'total'
            ) over (
                partition by
                    expected_figures.indicator_id,
                    expected_figures.area_code,
                    expected_figures.period_type,
                    expected_figures.period_label
            ),
            0
        ) as whole_count
    from expected_figures
    left join member_counts
        on expected_figures.indicator_id = member_counts.indicator_id
            and expected_figures.area_code = member_counts.area_code
            and expected_figures.period_type = member_counts.period_type
            and expected_figures.period_label = member_counts.period_label
            and expected_figures.breakdown = member_counts.breakdown
            and expected_figures.breakdown_value = member_counts.breakdown_value
    left join measure_counts
        on expected_figures.indicator_id = measure_counts.indicator_id
            and expected_figures.area_code = measure_counts.area_code
            and expected_figures.period_type = measure_counts.period_type
            and expected_figures.period_label = measure_counts.period_label
            and expected_figures.breakdown = measure_counts.breakdown
            and expected_figures.breakdown_value = measure_counts.breakdown_value
    left join child_counts
        on expected_figures.indicator_id = child_counts.indicator_id
            and expected_figures.area_code = child_counts.area_code
            and expected_figures.period_type = child_counts.period_type
            and expected_figures.period_label = child_counts.period_label
            and expected_figures.breakdown = child_counts.breakdown
            and expected_figures.breakdown_value = child_counts.breakdown_value
    left join lowest_fifths
        on expected_figures.indicator_id = lowest_fifths.indicator_id
            and expected_figures.area_code = lowest_fifths.area_code
            and expected_figures.period_type = lowest_fifths.period_type
            and expected_figures.period_label = lowest_fifths.period_label
            and expected_figures.breakdown = lowest_fifths.breakdown
            and expected_figures.breakdown_value = lowest_fifths.breakdown_value
),

-- The numbers a value is worked out from. A reduction is how far a count falls short of a
-- baseline, as a share of it. A distribution is the share of the whole that has each value of a
-- breakdown; disproportionality is how far that share lies above the value's share of the area's
-- population.
parts as (
    select
        *,
        case
            when measure = 'mean' then measure_sum
            when measure = 'children' then cast(child_count as double)
            when measure not in ('median', 'gap', 'lowest_fifth_gap')
                then cast(numerator_count as double)
        end as numerator,
        case measure
            when 'percent' then cast(denominator_count as double)
            when 'ratio' then cast(denominator_count as double)
            when 'rate' then cast(population_count as double)
            when 'reduction' then cast(population_count as double)
            when 'per_week' then day_count / 7.0
            when 'mean' then cast(measured_count as double)
            when 'median' then cast(measured_count as double)
            when 'lowest_fifth_gap' then cast(measured_count as double)
            when 'distribution' then cast(whole_count as double)
            when 'disproportionality' then cast(whole_count as double)
        end as denominator
    from counted
),

figures as (
    select
        *,
        case measure
            when 'count' then numerator
            when 'children' then numerator
            when 'median' then measure_median
            when 'mean' then cast(multiplier as double) * numerator / nullif(denominator, 0)
            when 'per_week' then numerator / denominator
            when 'rate' then cast(multiplier as double) * numerator / nullif(denominator, 0)
            when 'reduction' then 100.0 * (denominator - numerator) / nullif(denominator, 0)
            when 'gap'
                then
                    100.0 * others_numerator / nullif(others_denominator, 0)
                    - 100.0 * group_numerator / nullif(group_denominator, 0)
            when 'disproportionality'
                then
                    100.0 * numerator / nullif(denominator, 0)
                    - 100.0 * population_count / nullif(whole_population_count, 0)
            when 'lowest_fifth_gap'
                then 100.0 * (measure_median - lowest_fifth_mean) / nullif(measure_median, 0)
            else 100.0 * numerator / nullif(denominator, 0)
        end as value
    from parts
),

judged as (
    select
        figures.*,
        coalesce(gaps_of_indicators.missing_tables, gaps.missing_tables) as missing_tables,
        coalesce(gaps_of_indicators.status, gaps.status) is not null
        or figures.is_still_to_come as is_in_doubt,
        case
            when gaps_of_indicators.status is not null then gaps_of_indicators.status
            when gaps.status is not null then gaps.status
            when figures.is_still_to_come then 'not_available'
            when
                figures.measure in ('rate', 'reduction', 'disproportionality')
                and figures.population_count is null
                then 'not_available'
            when figures.value is null then 'not_applicable'
            else 'final'
        end as status
    from figures
    left join gaps_of_indicators
        on figures.indicator_id = gaps_of_indicators.indicator_id
            and figures.population = gaps_of_indicators.population
            and figures.area_code = gaps_of_indicators.area_code
            and figures.year_label = gaps_of_indicators.period_label
    left join gaps
        on figures.population = gaps.population
            and figures.breakdown = gaps.column_name
            and figures.area_code = gaps.area_code
            and figures.year_label = gaps.period_label
),

-- A rate without a population still has its count.
values_with_status as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        breakdown,
        breakdown_value,
        period_start,
        least(period_end, {{ as_at() }}) as period_end,
        case when not is_in_doubt then numerator end as numerator,
        case when not is_in_doubt then denominator end as denominator,
        case when status = 'final' then value end as value,
        status,
        case
            when missing_tables is not null then concat('Not landed: ', missing_tables)
            when is_still_to_come then 'Counted on a day that is still to come.'
            when status = 'not_available' and measure = 'reduction'
                then 'No baseline to compare with.'
            when status = 'not_available' then 'No population to divide by.'
            when status = 'not_applicable' then 'Nobody to count in the denominator.'
            when period_end > {{ as_at() }} then 'The year to date.'
        end as note,
        group_numerator,
        group_denominator,
        others_numerator,
        others_denominator
    from judged
)

select * from values_with_status
