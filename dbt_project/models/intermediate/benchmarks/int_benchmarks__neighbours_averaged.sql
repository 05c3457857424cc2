with figures_chosen as (
    select * from {{ ref('int_benchmarks__figures_chosen') }}
),

neighbours_listed as (
    select * from {{ ref('int_benchmarks__neighbours_listed') }}
),

-- Summed as decimals: a sum of doubles depends on the order the engine takes them in, and the same
-- input must give the same figure every night.
averaged as (
    select
        figures_chosen.period_id,
        neighbours_listed.la_code,
        cast(sum(cast(figures_chosen.value as decimal(28, 12))) as double)
        / count(*) as neighbour_mean,
        cast(count(*) as integer) as neighbour_count
    from figures_chosen
    inner join neighbours_listed on figures_chosen.la_code = neighbours_listed.neighbour_la_code
    where figures_chosen.value is not null
    group by all
)

select * from averaged
