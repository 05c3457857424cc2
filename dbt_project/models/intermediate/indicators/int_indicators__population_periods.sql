with returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

-- One entry for each population: the years its returns were landed for, and whether every table
-- it is made from was among them. Without one, its figures are not available, never 0.
children_looked_after as (
    select
        'pop_children_looked_after' as population,
        'ssda903' as source_return,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        has_episodes_table as is_complete
    from returns
),

care_starters as (
    select
        'pop_care_starters' as population,
        'ssda903' as source_return,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        has_episodes_table as is_complete
    from returns
),

population_periods as (
    select * from children_looked_after
    union all
    select * from care_starters
)

select * from population_periods
