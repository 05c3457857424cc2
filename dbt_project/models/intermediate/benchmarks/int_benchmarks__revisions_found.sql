with figures_released as (
    select * from {{ ref('int_benchmarks__figures_released') }}
),

measures_numbered as (
    select * from {{ ref('int_benchmarks__measures_numbered') }}
),

with_release_before as (
    select
        measure_number,
        la_code,
        source_period,
        value,
        status,
        release,
        delivery_id,
        lag(value) over figure_releases as previous_value,
        lag(status) over figure_releases as previous_status,
        lag(release) over figure_releases as previous_release,
        lag(delivery_id) over figure_releases as previous_delivery_id
    from figures_released
    window figure_releases as (
        partition by measure_number, source_period, la_code order by release
    )
),

revisions as (
    select
        measures_numbered.source,
        measures_numbered.measure_id,
        with_release_before.la_code,
        with_release_before.source_period,
        with_release_before.previous_value,
        with_release_before.value as new_value,
        with_release_before.previous_status,
        with_release_before.status as new_status,
        with_release_before.previous_release,
        with_release_before.release as new_release,
        with_release_before.previous_delivery_id,
        with_release_before.delivery_id as new_delivery_id
    from with_release_before
    inner join measures_numbered
        on with_release_before.measure_number = measures_numbered.measure_number
    where
        with_release_before.previous_release is not null
        and (
            with_release_before.value is distinct from with_release_before.previous_value
            or with_release_before.status <> with_release_before.previous_status
        )
)

select * from revisions
