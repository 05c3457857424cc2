{{ config(materialized='view') }}

with indicators as (
    select * from {{ ref('dim_indicators') }}
),

-- An indicator with a population of month ends is counted in both: the year's members and theirs.
counted_in as (
    select
        indicator_id,
        population,
        numerator,
        denominator,
        comparison,
        measure_column
    from indicators
    where population is not null
    union
    select
        indicator_id,
        monthly_population as population,
        numerator,
        denominator,
        comparison,
        measure_column
    from indicators
    where monthly_population is not null
),

members as (
    {{ indicator_members('counted_in') }}
)

select * from members
