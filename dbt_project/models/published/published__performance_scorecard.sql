with scorecard as (
    select * from {{ ref('performance_scorecard') }}
),

published_figures as (
    select * from {{ ref('published__fct_indicator_values') }}
),

home_area as (
    select area_code from {{ ref('ref_areas') }}
    where
        area_type = 'local_authority'
        and is_newest_code
        and la_code = '{{ var("home_la_code") }}'
),

-- The figures as they may be shown, in order, so that a change does not give back the value before
-- it. What national statistics publish is shown as they do.
figures_of_ours as (
    select
        published_figures.indicator_id,
        published_figures.basis,
        published_figures.period_type,
        published_figures.period_label,
        published_figures.status,
        published_figures.value,
        lag(published_figures.value) over (
            partition by
                published_figures.indicator_id,
                published_figures.basis,
                published_figures.period_type
            order by
                coalesce(published_figures.period_end, cast('0001-01-01' as date)),
                published_figures.period_label
        ) as previous_value
    from published_figures
    inner join home_area on published_figures.area_code = home_area.area_code
    where
        published_figures.breakdown = 'total'
        and published_figures.version = 'outturn'
        and published_figures.basis <> 'published'
        and published_figures.period_type not in ('month', 'quarter')
),

figures_to_show as (
    select
        scorecard.indicator_id,
        scorecard.period_label,
        case
            when scorecard.basis <> 'published' then figures_of_ours.status
            else scorecard.status
        end as status,
        case
            when scorecard.basis <> 'published' then figures_of_ours.value
            else scorecard.value
        end as value,
        case
            when scorecard.basis <> 'published' then figures_of_ours.previous_value
            else scorecard.previous_value
        end as previous_value
    from scorecard
    left join figures_of_ours
        on scorecard.indicator_id = figures_of_ours.indicator_id
            and scorecard.period_label = figures_of_ours.period_label
            and scorecard.basis = figures_of_ours.basis
),

suppressed as (
    select
        scorecard.indicator_id,
        scorecard.title,
        scorecard.period_type,
        scorecard.period_label,
        scorecard.basis,
        figures_to_show.status,
        figures_to_show.value,
        figures_to_show.previous_value,
        case
            when
                figures_to_show.value is not null
                and figures_to_show.previous_value is not null
                then scorecard.change
        end as change,
        case
            when
                figures_to_show.value is not null
                and figures_to_show.previous_value is not null
                then scorecard.direction
        end as direction,
        scorecard.target,
        case when figures_to_show.value is null then 'none' else scorecard.target_status end
            as target_status,
        scorecard.statistical_neighbour_mean,
        scorecard.statistical_neighbour_count,
        scorecard.region_value,
        scorecard.england_value,
        scorecard.national_rank,
        scorecard.ranked_authorities,
        scorecard.quartile,
        scorecard.source,
        scorecard.measure_id
    from scorecard
    inner join figures_to_show
        on scorecard.indicator_id = figures_to_show.indicator_id
            and scorecard.period_label = figures_to_show.period_label
)

select * from suppressed
