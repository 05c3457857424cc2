with benchmarks as (
    select * from {{ ref('fct_benchmarks') }}
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

areas as (
    select * from {{ ref('dim_areas') }}
),

periods as (
    select * from {{ ref('dim_periods') }}
),

unfit_figures as (
    select * from {{ ref('ref_unfit_figures') }}
),

home_area as (
    select
        area_code,
        region_code
    from areas
    where
        area_type = 'local_authority'
        and is_newest_code
        and la_code = '{{ var("home_la_code") }}'
),

-- The home authority, its region and England; other authorities are in fct_benchmarks.
shown_areas as (
    select area_code from home_area
    union
    select region_code as area_code from home_area
    union
    select area_code from areas
    where area_type = 'country'
),

linked as (
    select
        benchmarks.indicator_id,
        benchmarks.area_code,
        indicators.period_type,
        benchmarks.period_label,
        case when unfit_figures.reason is null then benchmarks.value end as value,
        case when unfit_figures.reason is null then benchmarks.status else 'low_reliability' end
            as status,
        benchmarks.statistical_neighbour_mean,
        benchmarks.area_code = home_area.area_code as is_home,
        benchmarks.source,
        benchmarks.measure_id,
        benchmarks.measure_title,
        benchmarks.source_period
    from benchmarks
    inner join indicators on benchmarks.indicator_id = indicators.indicator_id
    inner join shown_areas on benchmarks.area_code = shown_areas.area_code
    left join unfit_figures
        on benchmarks.source = unfit_figures.source
            and benchmarks.measure_id = unfit_figures.measure_id
            and benchmarks.area_code = unfit_figures.area_code
    cross join home_area
),

-- One figure each: the Interactive Tool's before the statistics files'.
preferred as (
    select * from linked
    qualify row_number() over (
            partition by indicator_id, area_code, period_label
            order by
                case source when 'lait' then 1 else 2 end asc,
                case when value is null then 2 else 1 end asc,
                measure_id asc,
                measure_title asc,
                source_period desc
        ) = 1
),

neighbour_means as (
    select
        indicator_id,
        concat('sn:', area_code) as area_code,
        period_type,
        period_label,
        statistical_neighbour_mean as value,
        case when statistical_neighbour_mean is null then 'not_available' else 'final' end
            as status,
        source,
        measure_id
    from preferred
    where is_home
),

of_all_areas as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        value,
        status,
        source,
        measure_id
    from preferred
    union all
    select * from neighbour_means
),

with_days as (
    select
        of_all_areas.indicator_id,
        of_all_areas.area_code,
        of_all_areas.period_type,
        of_all_areas.period_label,
        periods.period_start,
        periods.period_end,
        of_all_areas.value,
        case
            when of_all_areas.status = 'rounds_to_zero' then 'not_available'
            else of_all_areas.status
        end as status,
        concat(
            'Published: ', of_all_areas.source, ' ', of_all_areas.measure_id,
            case when of_all_areas.status = 'rounds_to_zero' then '; rounds to zero' else '' end
        ) as note,
        of_all_areas.source,
        of_all_areas.measure_id
    from of_all_areas
    left join periods
        on of_all_areas.period_type = periods.period_type
            and of_all_areas.period_label = periods.period_label
)

select * from with_days
