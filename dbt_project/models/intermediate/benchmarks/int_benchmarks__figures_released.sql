with ees_figures as (
    select * from {{ ref('stg_published_statistics__ees_figures') }}
),

lait as (
    select * from {{ ref('stg_published_statistics__lait') }}
),

measures_numbered as (
    select * from {{ ref('int_benchmarks__measures_numbered') }}
),

areas as (
    select * from {{ ref('ref_areas') }}
),

all_figures as (
    select
        'ees' as source,
        measure_id,
        la_code,
        source_period,
        release,
        delivery_id,
        source_line,
        is_joint,
        value,
        status
    from ees_figures
    union all
    select
        'lait' as source,
        measure_id,
        la_code,
        source_period,
        release,
        delivery_id,
        source_line,
        false as is_joint,
        value,
        status
    from lait
),

-- A file may hold a figure twice; an authority's own line goes before one it shares, then the
-- later line counts.
single_figures as (
    select
        measures_numbered.measure_number,
        all_figures.la_code,
        areas.area_type,
        all_figures.source_period,
        all_figures.release,
        all_figures.delivery_id,
        all_figures.value,
        all_figures.status
    from all_figures
    inner join measures_numbered
        on
            all_figures.source = measures_numbered.source
            and all_figures.measure_id = measures_numbered.measure_id
    inner join areas on all_figures.la_code = areas.la_code and areas.is_newest_code
    qualify row_number() over (
            partition by
                all_figures.delivery_id, measures_numbered.measure_number,
                all_figures.source_period, all_figures.la_code
            order by all_figures.is_joint asc, all_figures.source_line desc
        ) = 1
)

select * from single_figures
