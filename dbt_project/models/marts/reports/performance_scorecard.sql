with indicators as (
    select * from {{ ref('dim_indicators') }}
),

figures as (
    select * from {{ ref('fct_indicator_values') }}
),

published as (
    select
        *,
        'published' as basis
    from {{ ref('fct_published_values') }}
),

benchmarks as (
    select * from {{ ref('fct_benchmarks') }}
),

targets as (
    select
        indicator_id,
        area_code,
        period_label,
        value
    from {{ ref('fct_returned_values') }}
    where version = 'target' and breakdown = 'total' and value is not null
),

unfit_england as (
    select * from {{ ref('ref_unfit_figures') }}
    where area_code = 'E92000001'
),

home_area as (
    select area_code from {{ ref('ref_areas') }}
    where
        area_type = 'local_authority'
        and is_newest_code
        and la_code = '{{ var("home_la_code") }}'
),

-- The whole of a distribution is always 100 %: no figure to show.
home_figures as (
    select
        figures.indicator_id,
        figures.area_code,
        figures.period_type,
        figures.period_label,
        figures.period_end,
        figures.basis,
        figures.status,
        figures.value,
        published.source,
        published.measure_id
    from figures
    inner join home_area on figures.area_code = home_area.area_code
    inner join indicators on figures.indicator_id = indicators.indicator_id
    left join published
        on figures.basis = published.basis
            and figures.indicator_id = published.indicator_id
            and figures.area_code = published.area_code
            and figures.period_label = published.period_label
    where
        figures.breakdown = 'total'
        and figures.version = 'outturn'
        and figures.period_type = indicators.period_type
        and figures.period_type not in ('month', 'quarter')
        and coalesce(indicators.measure, '') <> 'distribution'
),

-- A change is between two figures of one basis. The period before is the one before it in the list
-- of periods, next to it or not; periods nobody published (no source) are not in that list.
with_previous as (
    select
        *,
        lag(value) over (
            partition by indicator_id, basis, source is null
            order by coalesce(period_end, cast('0001-01-01' as date)), period_label
        ) as previous_value
    from home_figures
),

-- One figure an indicator and period: a published one that has a number before a computed one.
preferred as (
    select
        *,
        value - previous_value as change
    from with_previous
    qualify row_number() over (
            partition by indicator_id, period_label
            order by
                case when value is null then 2 else 1 end,
                case basis when 'published' then 1 when 'returned' then 2 else 3 end
        ) = 1
),

-- Two titles may share one set of numbers; they differ in nothing the scorecard shows.
comparisons as (
    select benchmarks.* from benchmarks
    inner join home_area on benchmarks.area_code = home_area.area_code
    qualify row_number() over (
            partition by benchmarks.source, benchmarks.measure_id, benchmarks.period_label
            order by benchmarks.measure_title asc, benchmarks.source_period desc
        ) = 1
),

scorecard as (
    select
        preferred.indicator_id,
        indicators.title,
        preferred.period_type,
        preferred.period_label,
        preferred.basis,
        preferred.status,
        preferred.value,
        preferred.previous_value,
        preferred.change,
        case
            when round(preferred.change, 6) = 0 then 'same'
            when indicators.polarity = 'none' or preferred.change is null then null
            when (preferred.change > 0) = (indicators.polarity = 'higher') then 'better'
            else 'worse'
        end as direction,
        targets.value as target,
        case
            when
                targets.value is null or preferred.value is null or indicators.polarity = 'none'
                then 'none'
            when
                preferred.value = targets.value
                or (preferred.value > targets.value) = (indicators.polarity = 'higher')
                then 'met'
            when
                abs(preferred.value - targets.value)
                <= {{ reading('target_near_percent') }} / 100.0 * abs(targets.value)
                then 'near'
            else 'missed'
        end as target_status,
        comparisons.statistical_neighbour_mean,
        cast(comparisons.statistical_neighbour_count as integer) as statistical_neighbour_count,
        comparisons.region_value,
        case when unfit_england.reason is null then comparisons.england_value end as england_value,
        cast(comparisons.national_rank as integer) as national_rank,
        cast(comparisons.ranked_authorities as integer) as ranked_authorities,
        comparisons.quartile,
        preferred.source,
        preferred.measure_id
    from preferred
    inner join indicators on preferred.indicator_id = indicators.indicator_id
    left join comparisons
        on preferred.source = comparisons.source
            and preferred.measure_id = comparisons.measure_id
            and preferred.period_label = comparisons.period_label
    left join targets
        on preferred.indicator_id = targets.indicator_id
            and preferred.area_code = targets.area_code
            and preferred.period_label = targets.period_label
    left join unfit_england
        on preferred.source = unfit_england.source
            and preferred.measure_id = unfit_england.measure_id
)

select * from scorecard
