with figures_chosen as (
    select * from {{ ref('int_benchmarks__figures_chosen') }}
),

authority_figures as (
    select
        period_id,
        la_code,
        value
    from figures_chosen
    where area_type = 'local_authority' and value is not null
),

-- percentile_cont interpolates at (n - 1) x p, which is R's type 7.
cut_points as (
    select
        period_id,
        cast(count(*) as integer) as ranked_authorities,
        percentile_cont(0.25) within group (order by value) as lower_quartile,
        percentile_cont(0.5) within group (order by value) as median,
        percentile_cont(0.75) within group (order by value) as upper_quartile
    from authority_figures
    group by all
),

-- A band includes its upper cut point; when cut points coincide the first that fits wins.
ranked as (
    select
        authority_figures.period_id,
        authority_figures.la_code,
        cut_points.ranked_authorities,
        cast(rank() over (
            partition by authority_figures.period_id order by authority_figures.value
        ) as integer) as rank_from_smallest,
        cast(rank() over (
            partition by authority_figures.period_id order by authority_figures.value desc
        ) as integer) as rank_from_largest,
        case
            when authority_figures.value <= cut_points.lower_quartile then 1
            when authority_figures.value <= cut_points.median then 2
            when authority_figures.value <= cut_points.upper_quartile then 3
            else 4
        end as quarter_from_smallest
    from authority_figures
    inner join cut_points on authority_figures.period_id = cut_points.period_id
)

select * from ranked
