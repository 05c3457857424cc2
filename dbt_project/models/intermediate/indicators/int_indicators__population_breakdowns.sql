with breakdowns as (
    {{ population_breakdowns() }}
)

select * from breakdowns
