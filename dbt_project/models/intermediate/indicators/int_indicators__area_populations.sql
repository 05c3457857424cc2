with figures as (
    select * from {{ ref('stg_published_statistics__ees_figures') }}
),

areas as (
    select * from {{ ref('ref_areas') }}
    where is_newest_code
),

estimates as (
    select
        la_code,
        release,
        value,
        cast(substr(source_period, 1, 4) as integer) as estimate_year
    from figures
    where
        series = 'ons_mid-year_population_estimates'
        and lower(measure_title) like '%0 to 17%'
        and value is not null
        and la_code is not null
),

newest_estimates as (
    select * from estimates
    qualify row_number() over (
            partition by la_code, estimate_year
            order by release desc, value asc
        ) = 1
),

-- The estimate of the middle of 2016 divides the figures of 2016/17, as the Department's rates do.
populations as (
    select
        'children_aged_0_to_17' as population_name,
        areas.area_code,
        concat(
            cast(newest_estimates.estimate_year as {{ dbt.type_string() }}), '/',
            substr(
                cast(newest_estimates.estimate_year + 1 as {{ dbt.type_string() }}), 3, 2
            )
        ) as period_label,
        newest_estimates.value as population_count
    from newest_estimates
    inner join areas on newest_estimates.la_code = areas.la_code
)

select * from populations
