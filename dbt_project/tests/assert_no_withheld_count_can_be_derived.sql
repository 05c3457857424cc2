-- A small count of children that is withheld must not come back by subtraction from what is
-- published beside it. Looks only at published figures (and at the marts for what is true), not at
-- how suppression decided.
with published as (
    select * from {{ ref('published__fct_indicator_values') }}
    where basis = 'computed'
),

computed as (
    select * from {{ ref('fct_computed_values') }}
    where status in ('final', 'not_applicable') or numerator is not null
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

figures as (
    select
        indicators.population,
        indicators.measure,
        {{ numerator_set('indicators.measure', 'indicators.numerator', 'indicators.denominator') }}
            as numerator_set,
        coalesce(
            {{ measured_set(
                'indicators.measure', 'indicators.denominator', 'indicators.measure_column'
            ) }},
            indicators.denominator
        ) as denominator_set,
        {{ rest_set('indicators.numerator', 'indicators.denominator') }} as rest_set,
        computed.area_code,
        computed.period_label,
        computed.breakdown,
        computed.breakdown_value,
        computed.numerator,
        computed.denominator,
        published.status <> 'suppressed' as is_shown
    from computed
    inner join indicators on computed.indicator_id = indicators.indicator_id
    inner join published
        on computed.indicator_id = published.indicator_id
            and computed.area_code = published.area_code
            and computed.period_label = published.period_label
            and computed.breakdown = published.breakdown
            and computed.breakdown_value = published.breakdown_value
),

shown_sets as (
    select
        population,
        numerator_set as set_name,
        area_code,
        period_label,
        breakdown,
        breakdown_value,
        numerator as member_count,
        is_shown
    from figures
    where measure in ('count', 'percent', 'rate', 'distribution')
    union all
    select
        population,
        denominator_set as set_name,
        area_code,
        period_label,
        breakdown,
        breakdown_value,
        denominator as member_count,
        is_shown
    from figures
    where measure in ('percent', 'mean', 'median', 'lowest_fifth_gap')
),

known_counts as (
    select
        population,
        set_name,
        area_code,
        period_label,
        breakdown,
        breakdown_value,
        max(member_count) as member_count,
        bool_or(is_shown) as is_known
    from shown_sets
    group by all
),

-- Numerator and denominator may be known from two different indicators.
rests as (
    select
        figures.population,
        figures.rest_set as set_name,
        figures.area_code,
        figures.period_label,
        figures.breakdown,
        figures.breakdown_value,
        max(denominators.member_count - numerators.member_count) as member_count,
        bool_or(denominators.is_known and numerators.is_known) as is_known
    from figures
    inner join known_counts as numerators
        on figures.population = numerators.population
            and figures.numerator_set = numerators.set_name
            and figures.area_code = numerators.area_code
            and figures.period_label = numerators.period_label
            and figures.breakdown = numerators.breakdown
            and figures.breakdown_value = numerators.breakdown_value
    inner join known_counts as denominators
        on figures.population = denominators.population
            and figures.denominator_set = denominators.set_name
            and figures.area_code = denominators.area_code
            and figures.period_label = denominators.period_label
            and figures.breakdown = denominators.breakdown
            and figures.breakdown_value = denominators.breakdown_value
    where figures.measure = 'percent'
    group by all
),

counts as (
    select * from known_counts
    union all
    select * from rests
),

-- Children of unknown ethnic group are the same in both breakdowns by ethnicity.
shared_knowledge as (
    select
        *,
        is_known or (
            breakdown in ('ethnic_group', 'minority_ethnic')
            and breakdown_value = 'Unknown'
            and bool_or(is_known and breakdown in ('ethnic_group', 'minority_ethnic')) over (
                partition by population, set_name, area_code, period_label, breakdown_value
            )
        ) as is_known_here
    from counts
),

breakdowns as (
    select
        population,
        set_name,
        area_code,
        period_label,
        breakdown,
        count(*) filter (where not is_known_here) as hidden_cells,
        -- Of the cells hidden for another count's sake, none can tell that it holds nobody.
        count(*) filter (where not is_known_here and member_count > 0) as hidden_with_children,
        coalesce(sum(member_count) filter (where not is_known_here), 0) as hidden_children,
        coalesce(
            bool_or(
                not is_known_here
                and member_count between 1 and {{ var('small_number_limit') }}
            ),
            false
        ) as hides_small_count,
        bool_or(is_known_here and member_count between 1 and {{ var('small_number_limit') }})
            as shows_small_count
    from shared_knowledge
    group by all
),

derivable as (
    select
        breakdowns.population,
        breakdowns.set_name,
        breakdowns.area_code,
        breakdowns.period_label,
        breakdowns.breakdown
    from breakdowns
    inner join counts as totals
        on breakdowns.population = totals.population
            and breakdowns.set_name = totals.set_name
            and breakdowns.area_code = totals.area_code
            and breakdowns.period_label = totals.period_label
            and totals.breakdown = 'total'
    where
        breakdowns.shows_small_count
        or (
            breakdowns.breakdown <> 'total'
            and breakdowns.hides_small_count
            and totals.is_known
            and (
                breakdowns.hidden_cells = 1
                or breakdowns.hidden_children
                <= greatest(
                    {{ var('small_number_limit') }}, breakdowns.hidden_with_children
                )
            )
        )
)

select * from derivable
