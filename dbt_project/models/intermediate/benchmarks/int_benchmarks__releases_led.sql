with figures_released as (
    select * from {{ ref('int_benchmarks__figures_released') }}
),

measures_numbered as (
    select * from {{ ref('int_benchmarks__measures_numbered') }}
),

releases as (
    select
        measure_number,
        source_period,
        release
    from figures_released
    group by all
),

counted_releases as (
    select
        measures_numbered.source,
        measures_numbered.measure_id,
        releases.measure_number,
        releases.source_period,
        releases.release,
        count(*) over (
            partition by releases.measure_number, releases.source_period
        ) as release_count,
        max(releases.release) over (
            partition by
                releases.measure_number,
                case when measures_numbered.source = 'ees' then releases.source_period end
        ) as leading_release
    from releases
    inner join measures_numbered on releases.measure_number = measures_numbered.measure_number
),

leading_releases as (
    select
        source,
        measure_id,
        measure_number,
        source_period,
        release,
        release_count
    from counted_releases
    where release = leading_release
)

select * from leading_releases
