with indicators as (
    select * from {{ ref('dim_indicators') }}
    where family = 'adoption_scorecard'
),

figures as (
    select * from {{ ref('fct_indicator_values') }}
    where breakdown = 'total' and version = 'outturn'
),

flags as (
    select * from {{ ref('fct_indicator_flags') }}
    where period_type = 'three_year' and in_denominator and measure is not null
),

periods as (
    select * from {{ ref('dim_periods') }}
    where period_type = 'three_year' and extract(month from period_start) = 4
),

thresholds as (
    select * from {{ ref('ref_adoption_thresholds') }}
),

published_scorecards as (
    select * from {{ ref('ref_published_scorecards') }}
),

england as (
    select area_code from {{ ref('ref_areas') }}
    where area_type = 'country' and is_newest_code
),

-- One figure of each measure and three years: from records before sent before published, and one
-- with a value before one without.
three_year_figures as (
    select figures.* from figures
    inner join indicators on figures.indicator_id = indicators.indicator_id
    where figures.period_type = 'three_year'
    qualify row_number() over (
            partition by figures.indicator_id, figures.area_code, figures.period_label
            order by {{ basis_order('figures.value', 'figures.basis') }}
        ) = 1
),

year_figures as (
    select
        figures.indicator_id,
        figures.area_code,
        figures.period_end,
        figures.value
    from figures
    inner join indicators on figures.indicator_id = indicators.indicator_id
    where figures.period_type = 'financial_year'
    qualify row_number() over (
            partition by figures.indicator_id, figures.area_code, figures.period_label
            order by {{ basis_order('figures.value', 'figures.basis') }}
        ) = 1
),

measures_areas_and_periods as (
    select
        indicator_id as measure_id,
        area_code,
        period_label
    from three_year_figures
    union distinct
    select
        measure_id,
        area_code,
        period_label
    from published_scorecards
),

-- What a document states is the figure where there is no other, and else stands beside it.
gathered as (
    select
        measures_areas_and_periods.measure_id,
        measures_areas_and_periods.area_code,
        measures_areas_and_periods.period_label,
        indicators.title,
        indicators.unit,
        indicators.decimals,
        indicators.polarity,
        indicators.measure,
        periods.period_start,
        periods.period_end,
        coalesce(three_year_figures.value, published_scorecards.published_value) as value,
        case
            when three_year_figures.value is null and published_scorecards.measure_id is not null
                then 'final'
            else three_year_figures.status
        end as status,
        case
            when three_year_figures.value is null and published_scorecards.measure_id is not null
                then 'published'
            else three_year_figures.basis
        end as basis,
        three_year_figures.note,
        case
            when three_year_figures.value is null then null
            when indicators.measure = 'count' then three_year_figures.numerator
            else three_year_figures.denominator
        end as children,
        thresholds.threshold,
        published_scorecards.published_value,
        published_scorecards.national_rank,
        published_scorecards.ranked_authorities,
        concat(published_scorecards.document, ': ', published_scorecards.place)
            as published_source
    from measures_areas_and_periods
    inner join indicators on measures_areas_and_periods.measure_id = indicators.indicator_id
    inner join periods on measures_areas_and_periods.period_label = periods.period_label
    left join three_year_figures
        on measures_areas_and_periods.measure_id = three_year_figures.indicator_id
            and measures_areas_and_periods.area_code = three_year_figures.area_code
            and measures_areas_and_periods.period_label = three_year_figures.period_label
    left join published_scorecards
        on measures_areas_and_periods.measure_id = published_scorecards.measure_id
            and measures_areas_and_periods.area_code = published_scorecards.area_code
            and measures_areas_and_periods.period_label = published_scorecards.period_label
    left join thresholds
        on measures_areas_and_periods.measure_id = thresholds.measure_id
            and periods.period_end between
            thresholds.valid_from
            and coalesce(thresholds.valid_to, cast('9999-12-31' as date))
),

-- The longest journeys first: what each takes off the excess over the threshold, if it shortens
-- to the threshold or leaves the window, is its days beyond it.
journeys_in_order as (
    select
        gathered.measure_id,
        gathered.area_code,
        gathered.period_label,
        row_number() over longest_first as place,
        sum(flags.measure - gathered.threshold) over longest_first as taken_off,
        sum(flags.measure - gathered.threshold) over (
            partition by gathered.measure_id, gathered.area_code, gathered.period_label
        ) as excess
    from gathered
    inner join flags
        on gathered.measure_id = flags.indicator_id
            and gathered.area_code = flags.area_code
            and gathered.period_label = flags.period_label
    where
        gathered.basis = 'computed'
        and gathered.measure = 'mean'
        and gathered.threshold is not null
        and gathered.value is not null
    window longest_first as (
        partition by gathered.measure_id, gathered.area_code, gathered.period_label
        order by flags.measure desc, flags.member_id asc
        rows between unbounded preceding and current row
    )
),

children_to_threshold as (
    select
        measure_id,
        area_code,
        period_label,
        case
            when max(excess) <= 0 then 0
            else min(place) filter (where taken_off >= excess)
        end as children_over
    from journeys_in_order
    group by
        measure_id,
        area_code,
        period_label
),

-- A change is from the scorecard of the three years that ended a year before, of the same basis.
with_previous as (
    select
        gathered.*,
        case when earlier.basis = gathered.basis then earlier.value end as previous_value
    from gathered
    left join gathered as earlier
        on gathered.measure_id = earlier.measure_id
            and gathered.area_code = earlier.area_code
            and earlier.period_start
            = cast({{ dbt.dateadd('month', -12, 'gathered.period_start') }} as date)
),

england_values as (
    select
        gathered.measure_id,
        gathered.period_label,
        gathered.value
    from gathered
    inner join england on gathered.area_code = england.area_code
),

scorecard as (
    select
        with_previous.measure_id,
        with_previous.area_code,
        with_previous.period_label,
        with_previous.period_start,
        with_previous.period_end,
        with_previous.title,
        with_previous.unit,
        with_previous.decimals,
        with_previous.polarity,
        with_previous.basis,
        with_previous.status,
        with_previous.value,
        cast(with_previous.children as bigint) as children,
        with_previous.threshold,
        case
            when with_previous.threshold is not null and with_previous.value is not null
                then with_previous.value <= with_previous.threshold
        end as meets_threshold,
        with_previous.value - with_previous.threshold as distance_to_threshold,
        cast(children_to_threshold.children_over as bigint) as children_to_threshold,
        england_values.value as england_value,
        with_previous.national_rank,
        with_previous.ranked_authorities,
        with_previous.previous_value,
        with_previous.value - with_previous.previous_value as change,
        year_figures.value as last_year_value,
        with_previous.published_value,
        with_previous.published_source,
        with_previous.note
    from with_previous
    left join children_to_threshold
        on with_previous.measure_id = children_to_threshold.measure_id
            and with_previous.area_code = children_to_threshold.area_code
            and with_previous.period_label = children_to_threshold.period_label
    left join year_figures
        on with_previous.measure_id = year_figures.indicator_id
            and with_previous.area_code = year_figures.area_code
            and with_previous.period_end = year_figures.period_end
    left join england_values
        on with_previous.measure_id = england_values.measure_id
            and with_previous.period_label = england_values.period_label
)

select * from scorecard
