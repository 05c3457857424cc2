-- A withheld year must not come back from three years that are shown beside the other two, nor from
-- two such sums that overlap. Looks only at what is published: of three years shown, either every
-- year is shown or none is.
with figures as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        numerator,
        status
    from {{ ref('published__fct_indicator_values') }}
    where basis = 'computed' and version = 'outturn' and breakdown = 'total'
),

indicators as (
    select indicator_id from {{ ref('dim_indicators') }}
    where population in ('{{ rolling_populations() | join("', '") }}') and measure = 'count'
),

periods as (
    select * from {{ ref('dim_periods') }}
),

years_of_sums as (
    select
        sums.indicator_id,
        sums.area_code,
        sums.period_label,
        count(*) filter (where single_years.status = 'suppressed') as withheld_years
    from figures as sums
    inner join indicators on sums.indicator_id = indicators.indicator_id
    inner join periods as three_years
        on sums.period_type = three_years.period_type
            and sums.period_label = three_years.period_label
    inner join periods as financial_years
        on financial_years.period_type = 'financial_year'
            and financial_years.period_start between
            three_years.period_start and three_years.period_end
    inner join figures as single_years
        on sums.indicator_id = single_years.indicator_id
            and sums.area_code = single_years.area_code
            and financial_years.period_type = single_years.period_type
            and financial_years.period_label = single_years.period_label
    where sums.period_type = 'three_year' and sums.numerator is not null
    group by all
)

select * from years_of_sums
where withheld_years in (1, 2)
