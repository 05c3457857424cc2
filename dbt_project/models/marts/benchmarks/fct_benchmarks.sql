with figures_compared as (
    select * from {{ ref('int_benchmarks__figures_compared') }}
),

periods_ordered as (
    select * from {{ ref('int_benchmarks__periods_ordered') }}
),

measures_described as (
    select * from {{ ref('int_benchmarks__measures_described') }}
),

dim_areas as (
    select * from {{ ref('dim_areas') }}
),

areas as (
    select
        area_code,
        la_code,
        area_name
    from dim_areas
    where is_newest_code and area_type <> 'statistical_neighbours'
),

benchmarks as (
    select
        periods_ordered.source,
        measures_described.measure_id,
        measures_described.measure_title,
        measures_described.topic,
        measures_described.unit,
        measures_described.polarity,
        measures_described.indicator_id,
        areas.area_code,
        areas.la_code,
        areas.area_name,
        periods_ordered.source_period,
        periods_ordered.period_label,
        figures_compared.value,
        figures_compared.status,
        figures_compared.neighbour_mean as statistical_neighbour_mean,
        figures_compared.neighbour_count as statistical_neighbour_count,
        figures_compared.region_value,
        figures_compared.england_value,
        figures_compared.change,
        case measures_described.polarity
            when 'higher' then figures_compared.rank_from_largest
            when 'lower' then figures_compared.rank_from_smallest
        end as national_rank,
        case
            when measures_described.polarity <> 'none' then figures_compared.ranked_authorities
        end as ranked_authorities,
        case
            when not measures_described.has_quartiles or figures_compared.value is null then null
            when measures_described.polarity = 'lower'
                then substring('ABCD', figures_compared.quarter_from_smallest, 1)
            when measures_described.polarity = 'higher'
                then substring('DCBA', figures_compared.quarter_from_smallest, 1)
        end as quartile,
        measures_described.decimals,
        case
            when figures_compared.change = 0 then 'same'
            when measures_described.polarity = 'none' then null
            when (figures_compared.change > 0) = (measures_described.polarity = 'higher')
                then 'better'
            when figures_compared.change is not null then 'worse'
        end as direction,
        figures_compared.neighbour_mean_change as statistical_neighbour_mean_change,
        figures_compared.region_change,
        figures_compared.england_change,
        periods_ordered.year_number,
        cast(periods_ordered.period_position as integer) as period_position,
        periods_ordered.release,
        figures_compared.delivery_id
    from figures_compared
    inner join periods_ordered on figures_compared.period_id = periods_ordered.period_id
    inner join measures_described
        on
            periods_ordered.source = measures_described.source
            and periods_ordered.measure_id = measures_described.measure_id
    inner join areas on figures_compared.la_code = areas.la_code
)

select * from benchmarks
