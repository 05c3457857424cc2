with figures_chosen as (
    select * from {{ ref('int_benchmarks__figures_chosen') }}
),

periods_ordered as (
    select * from {{ ref('int_benchmarks__periods_ordered') }}
),

areas as (
    select * from {{ ref('ref_areas') }}
),

region_figures as (
    select
        period_id,
        la_code,
        value
    from figures_chosen
    where area_type = 'region'
),

-- Inner and outer London are regions within a region.
parts as (
    select
        part.la_code,
        whole.la_code as whole_la_code
    from areas as part
    inner join areas as whole on part.region_code = whole.area_code
    where part.area_type = 'region'
),

-- A measure without a number for the part in its highest year is shown with the whole's, in every
-- year of it.
part_measures as (
    select
        periods_ordered.measure_number,
        parts.la_code,
        parts.whole_la_code,
        coalesce(
            bool_or(periods_ordered.is_highest_year and region_figures.value is not null), false
        ) as is_part_used
    from periods_ordered
    cross join parts
    left join region_figures
        on
            periods_ordered.period_id = region_figures.period_id
            and parts.la_code = region_figures.la_code
    group by all
),

part_figures as (
    select
        periods_ordered.period_id,
        part_measures.la_code,
        region_figures.value
    from part_measures
    inner join periods_ordered on part_measures.measure_number = periods_ordered.measure_number
    left join region_figures
        on
            periods_ordered.period_id = region_figures.period_id
            and region_figures.la_code = case
                when part_measures.is_part_used then part_measures.la_code
                else part_measures.whole_la_code
            end
),

resolved as (
    select
        region_figures.period_id,
        region_figures.la_code,
        region_figures.value
    from region_figures
    left join parts on region_figures.la_code = parts.la_code
    where parts.la_code is null
    union all
    select
        period_id,
        la_code,
        value
    from part_figures
)

select * from resolved
