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
)

select * from population_periods
