with deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

areas as (
    select * from {{ ref('ref_areas') }}
    where area_type = 'local_authority' and is_newest_code
),

returned_years as (
    select
        return_name,
        la_code,
        period_label,
        {{ financial_year_start('period_label') }} as period_start,
        {{ financial_year_end('period_label') }} as period_end
    from deliveries_in_force
    where la_code is not null
    group by all
),

-- Years without a gap between them share the difference of year and place.
runs as (
    select
        *,
        extract(year from period_start) - row_number() over (
            partition by return_name, la_code
            order by period_start
        ) as run_number
    from returned_years
    where period_start is not null
),

-- An authority without an ONS code (an invented one) goes by its DfE number.
whole_years as (
    select
        runs.return_name,
        runs.la_code,
        coalesce(areas.area_code, runs.la_code) as area_code,
        runs.period_label,
        runs.period_start,
        runs.period_end,
        min(runs.period_start) over (
            partition by runs.return_name, runs.la_code, runs.run_number
        ) as known_from_date
    from runs
    left join areas on runs.la_code = areas.la_code
)

select * from whole_years
