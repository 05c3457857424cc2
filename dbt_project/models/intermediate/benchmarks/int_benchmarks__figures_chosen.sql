with figures_released as (
    select * from {{ ref('int_benchmarks__figures_released') }}
),

periods_ordered as (
    select * from {{ ref('int_benchmarks__periods_ordered') }}
),

chosen as (
    select
        periods_ordered.period_id,
        periods_ordered.measure_number,
        periods_ordered.period_position,
        figures_released.la_code,
        figures_released.area_type,
        figures_released.value,
        figures_released.status,
        figures_released.delivery_id
    from figures_released
    inner join periods_ordered
        on
            figures_released.measure_number = periods_ordered.measure_number
            and figures_released.source_period = periods_ordered.source_period
            and figures_released.release = periods_ordered.release
)

select * from chosen
