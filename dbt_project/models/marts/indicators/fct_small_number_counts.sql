{% set limit = var('small_number_limit') | int %}

with computed_values as (
    select * from {{ ref('fct_computed_values') }}
    where status in ('final', 'not_applicable') or numerator is not null
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

all_periods as (
    select * from {{ ref('dim_periods') }}
),

periods as (
    select
        period_label,
        year_label,
        coalesce(quarter_label, period_label) as quarter_label
    from all_periods
    where period_type in ('month', 'quarter')
),

figures as (
    select
        computed_values.indicator_id,
        case
            when computed_values.period_type in ('month', 'quarter')
                then coalesce(indicators.monthly_population, indicators.population)
            else indicators.population
        end as population,
        indicators.monthly_population is not null as is_stock,
        indicators.measure,
        indicators.unit,
        indicators.numerator as numerator_flag,
        indicators.denominator as denominator_flag,
        indicators.measure_column,
        computed_values.area_code,
        computed_values.period_type,
        computed_values.period_label,
        computed_values.breakdown,
        computed_values.breakdown_value,
        computed_values.numerator,
        computed_values.denominator
    from computed_values
    inner join indicators on computed_values.indicator_id = indicators.indicator_id
),

compared_cohorts as (
    {{ compared_cohorts('indicators') }}
),

-- Where nobody lies between, the count is 0, which a breakdown may have to withhold beside a small
-- one. So it is of the narrower cohort besides the wider.
between_cohorts as (
    select
        figures.population,
        figures.area_code,
        figures.period_label,
        figures.breakdown,
        figures.breakdown_value,
        compared_cohorts.measure,
        compared_cohorts.compared_set,
        compared_cohorts.numerator as numerator_flag,
        greatest(figures.denominator - other_figures.denominator, 0) as denominator,
        greatest(figures.numerator - other_figures.numerator, 0) as numerator
    from compared_cohorts
    inner join figures on compared_cohorts.indicator_id = figures.indicator_id
    inner join figures as other_figures
        on compared_cohorts.other_indicator_id = other_figures.indicator_id
            and figures.area_code = other_figures.area_code
            and figures.period_type = other_figures.period_type
            and figures.period_label = other_figures.period_label
            and figures.breakdown = other_figures.breakdown
            and figures.breakdown_value = other_figures.breakdown_value
    where figures.denominator is not null and other_figures.denominator is not null
),

-- The sets of children a figure rests on, named by their flags, so that one set is one count
-- whichever indicators use it: what NI 62 divides by is what JC-LACN counts.
counted_sets as (
    select
        population,
        {{ numerator_set('measure', 'numerator_flag', 'denominator_flag') }} as set_name,
        area_code,
        period_label,
        breakdown,
        breakdown_value,
        ceil(coalesce(numerator, 0)) as member_count
    from figures
    where
        measure = 'mean' and unit = 'percent'
        or measure in (
            'count', 'children', 'per_week', 'percent', 'ratio', 'rate', 'reduction',
            'distribution', 'disproportionality'
        )
    union all
    select
        population,
        coalesce(
            {{ measured_set('measure', 'denominator_flag', 'measure_column') }}, denominator_flag
        ) as set_name,
        area_code,
        period_label,
        breakdown,
        breakdown_value,
        denominator as member_count
    from figures
    where measure in ('percent', 'ratio', 'mean', 'median', 'lowest_fifth_gap')
    union all
    select
        population,
        {{ rest_set('numerator_flag', 'denominator_flag') }} as set_name,
        area_code,
        period_label,
        breakdown,
        breakdown_value,
        denominator - numerator as member_count
    from figures
    where measure = 'percent'
    union all
    select
        population,
        compared_set as set_name,
        area_code,
        period_label,
        breakdown,
        breakdown_value,
        denominator as member_count
    from between_cohorts
    union all
    select
        population,
        {{ numerator_set('measure', 'numerator_flag', 'compared_set') }} as set_name,
        area_code,
        period_label,
        breakdown,
        breakdown_value,
        numerator as member_count
    from between_cohorts
    where measure = 'percent'
    union all
    select
        population,
        {{ rest_set('numerator_flag', 'compared_set') }} as set_name,
        area_code,
        period_label,
        breakdown,
        breakdown_value,
        greatest(denominator - numerator, 0) as member_count
    from between_cohorts
    where measure = 'percent'
),

counts as (
    select
        population,
        set_name,
        area_code,
        period_label,
        breakdown,
        breakdown_value,
        cast(max(member_count) as bigint) as member_count,
        max(member_count) between 1 and {{ limit }} as is_small
    from counted_sets
    group by
        population,
        set_name,
        area_code,
        period_label,
        breakdown,
        breakdown_value
),

first_round as (
    {{ withhold_next_smallest('counts', 'is_small') }}
),

-- Unknown is the same children in ethnic_group and minority_ethnic: withheld in one, in both.
unknown_ethnicity as (
    select
        population,
        set_name,
        area_code,
        period_label,
        bool_or(is_withheld) as is_withheld
    from first_round
    where breakdown in ('ethnic_group', 'minority_ethnic') and breakdown_value = 'Unknown'
    group by
        population,
        set_name,
        area_code,
        period_label
),

shared as (
    select
        first_round.population,
        first_round.set_name,
        first_round.area_code,
        first_round.period_label,
        first_round.breakdown,
        first_round.breakdown_value,
        first_round.member_count,
        first_round.is_small,
        first_round.is_withheld
        or coalesce(
            unknown_ethnicity.is_withheld
            and first_round.breakdown in ('ethnic_group', 'minority_ethnic')
            and first_round.breakdown_value = 'Unknown'
            and first_round.member_count > 0,
            false
        ) as is_shared
    from first_round
    left join unknown_ethnicity
        on first_round.population = unknown_ethnicity.population
            and first_round.set_name = unknown_ethnicity.set_name
            and first_round.area_code = unknown_ethnicity.area_code
            and first_round.period_label = unknown_ethnicity.period_label
),

second_round as (
    {{ withhold_next_smallest('shared', 'is_shared') }}
),

-- The events of three months add up to their quarter's, and of four quarters to their year's: a
-- withheld month takes its quarter's months with it, and a withheld quarter its year's quarters and
-- months. Then a sum gives only a sum of several. Stocks do not add up.
event_periods as (
    select distinct
        figures.population,
        figures.period_label,
        periods.quarter_label,
        periods.year_label
    from figures
    inner join periods on figures.period_label = periods.period_label
    where not figures.is_stock
),

withheld_around as (
    select
        second_round.population,
        second_round.set_name,
        second_round.area_code,
        second_round.breakdown,
        second_round.breakdown_value,
        case
            when event_periods.period_label = event_periods.quarter_label
                then event_periods.year_label
            else event_periods.quarter_label
        end as around_label
    from second_round
    inner join event_periods
        on second_round.population = event_periods.population
            and second_round.period_label = event_periods.period_label
    where second_round.is_withheld
    group by all
),

withheld_parts as (
    select distinct
        withheld_around.population,
        withheld_around.set_name,
        withheld_around.area_code,
        withheld_around.breakdown,
        withheld_around.breakdown_value,
        event_periods.period_label
    from withheld_around
    inner join event_periods
        on withheld_around.population = event_periods.population
            and withheld_around.around_label
            in (event_periods.year_label, event_periods.quarter_label)
            and withheld_around.around_label <> event_periods.period_label
),

third_round as (
    select
        second_round.population,
        second_round.set_name,
        second_round.area_code,
        second_round.period_label,
        second_round.breakdown,
        second_round.breakdown_value,
        second_round.member_count,
        second_round.is_small,
        second_round.is_withheld or withheld_parts.period_label is not null as is_withheld
    from second_round
    left join withheld_parts
        on second_round.population = withheld_parts.population
            and second_round.set_name = withheld_parts.set_name
            and second_round.area_code = withheld_parts.area_code
            and second_round.breakdown = withheld_parts.breakdown
            and second_round.breakdown_value = withheld_parts.breakdown_value
            and second_round.period_label = withheld_parts.period_label
),

-- Three years on end are sums of years: where one or two of them are withheld and their sum is not,
-- the sum, or two sums that overlap, would give one away. Shown are three years all of which are,
-- and three none of which is.
years_of_three as (
    select
        three_years.period_label as three_years_label,
        single_years.period_label as year_label
    from all_periods as three_years
    inner join all_periods as single_years
        on single_years.period_start between three_years.period_start and three_years.period_end
    where
        three_years.period_type = 'three_year'
        and extract(month from three_years.period_start) = 4
        and single_years.period_type = 'financial_year'
),

mixed_three_years as (
    select
        three_years.population,
        three_years.set_name,
        three_years.area_code,
        three_years.period_label,
        three_years.breakdown,
        three_years.breakdown_value
    from third_round as three_years
    inner join years_of_three on three_years.period_label = years_of_three.three_years_label
    inner join third_round as single_years
        on three_years.population = single_years.population
            and three_years.set_name = single_years.set_name
            and three_years.area_code = single_years.area_code
            and three_years.breakdown = single_years.breakdown
            and three_years.breakdown_value = single_years.breakdown_value
            and years_of_three.year_label = single_years.period_label
    where three_years.population in ('{{ rolling_populations() | join("', '") }}')
    group by all
    having count(*) filter (where single_years.is_withheld) in (1, 2)
),

fourth_round as (
    select
        third_round.population,
        third_round.set_name,
        third_round.area_code,
        third_round.period_label,
        third_round.breakdown,
        third_round.breakdown_value,
        third_round.member_count,
        third_round.is_small,
        third_round.is_withheld or mixed_three_years.set_name is not null as is_withheld
    from third_round
    left join mixed_three_years
        on third_round.population = mixed_three_years.population
            and third_round.set_name = mixed_three_years.set_name
            and third_round.area_code = mixed_three_years.area_code
            and third_round.period_label = mixed_three_years.period_label
            and third_round.breakdown = mixed_three_years.breakdown
            and third_round.breakdown_value = mixed_three_years.breakdown_value
)

select * from fourth_round
