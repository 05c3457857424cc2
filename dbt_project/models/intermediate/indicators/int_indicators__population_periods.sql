with population_tables as (
    select * from {{ ref('population_tables') }}
),

tables_in_force as (
    select * from {{ ref('int_indicators__tables_in_force') }}
),

years as (
    select * from {{ ref('reporting_years') }}
),

-- A population has figures for the years any table of its leading return came in for.
population_periods as (
    select distinct
        population_tables.population,
        tables_in_force.area_code,
        tables_in_force.la_code,
        tables_in_force.period_label,
        years.start_year
    from population_tables
    inner join tables_in_force
        on population_tables.return_name = tables_in_force.return_name
    inner join years on tables_in_force.period_label = years.financial_year_label
    where
        population_tables.is_leading
        and years.start_year between
        coalesce(population_tables.first_start_year, years.start_year)
        and coalesce(population_tables.last_start_year, years.start_year)
),

-- Some are also counted in the three years that end with the year.
with_three_years as (
    select
        population,
        area_code,
        la_code,
        period_label,
        start_year,
        1 as year_count,
        case
            when population in ('{{ rolling_populations() | join("', '") }}') then 'financial_year'
        end as period_type
    from population_periods
    union all
    select
        population,
        area_code,
        la_code,
        concat(
            cast(start_year - 2 as {{ dbt.type_string() }}), '-',
            substr(cast(start_year + 1 as {{ dbt.type_string() }}), 3, 2)
        ) as period_label,
        start_year,
        3 as year_count,
        'three_year' as period_type
    from population_periods
    where population in ('{{ rolling_populations() | join("', '") }}')
)

select * from with_three_years
