with population_tables as (
    select * from {{ ref('population_tables') }}
),

population_periods as (
    select * from {{ ref('int_indicators__population_periods') }}
),

tables_in_force as (
    select * from {{ ref('int_indicators__tables_in_force') }}
),

years as (
    select * from {{ ref('reporting_years') }}
),

journeys as (
    select * from {{ ref('int_adoption__journeys') }}
),

steps_back as (
    select steps.years_before
    from (
        values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)
    ) as steps (years_before)
),

-- Every table of every year that a column of a population rests on.
needed as (
    select
        population_periods.population,
        coalesce(population_tables.column_name, 'every column') as column_name,
        population_periods.area_code,
        population_periods.la_code,
        population_periods.period_label,
        population_tables.return_name,
        population_tables.table_name,
        steps_back.years_before,
        years.financial_year_label as needed_label
    from population_tables
    inner join population_periods on population_tables.population = population_periods.population
    inner join steps_back
        on population_tables.years_back + coalesce(population_periods.year_count, 1) - 1
            >= steps_back.years_before
    inner join years on population_periods.start_year - steps_back.years_before = years.start_year
    where years.start_year between
        coalesce(population_tables.first_start_year, years.start_year)
        and coalesce(population_tables.last_start_year, years.start_year)
),

missing as (
    select
        needed.population,
        needed.column_name,
        needed.area_code,
        needed.period_label,
        min(needed.years_before) as fewest_years_before,
        {{ ordered_string_agg(
            "concat(needed.return_name, ' ', needed.table_name, ' ', needed.needed_label)",
            "; ",
            "needed.return_name, needed.table_name, needed.years_before"
        ) }} as missing_tables
    from needed
    left join tables_in_force
        on needed.la_code = tables_in_force.la_code
            and needed.needed_label = tables_in_force.period_label
            and needed.return_name = tables_in_force.return_name
            and needed.table_name = tables_in_force.table_name
    where tables_in_force.table_name is null
    group by
        needed.population,
        needed.column_name,
        needed.area_code,
        needed.period_label
),

gaps as (
    select
        population,
        column_name,
        area_code,
        period_label,
        case when fewest_years_before = 0 then 'not_available' else 'not_calculable' end as status,
        missing_tables
    from missing
),

-- A child who entered care before the returns landed begin has no known wait, and to leave out who
-- waited longest would flatter the figure.
unseen_entries as (
    select distinct
        'pop_adoption_journeys' as population,
        columns_timed.column_name,
        journeys.area_code,
        journeys.period_label,
        'not_calculable' as status,
        'ssda903 episodes of the years in which all these children entered care' as missing_tables
    from journeys
    cross join (
        values ('is_timed_to_moving_in'), ('is_in_wait_base')
    ) as columns_timed (column_name)
    where
        journeys.is_entry_before_returns
        and (
            (journeys.journey_stage = 'adopted' and journeys.moved_in_date is not null)
            or (
                columns_timed.column_name = 'is_in_wait_base'
                and journeys.journey_stage in ('placed', 'waiting')
            )
        )
),

both_kinds as (
    select * from gaps
    union all
    select * from unseen_entries
),

all_gaps as (
    select
        population,
        column_name,
        area_code,
        period_label,
        min(status) as status,
        {{ ordered_string_agg('missing_tables', '; ', 'status, missing_tables') }}
            as missing_tables
    from both_kinds
    group by
        population,
        column_name,
        area_code,
        period_label
)

select * from all_gaps
