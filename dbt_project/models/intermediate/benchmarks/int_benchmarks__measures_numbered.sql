with ees_figures as (
    select * from {{ ref('stg_published_statistics__ees_figures') }}
),

lait as (
    select * from {{ ref('stg_published_statistics__lait') }}
),

all_measures as (
    select
        'ees' as source,
        measure_id
    from ees_figures
    union
    select
        'lait' as source,
        measure_id
    from lait
),

-- Ids are long texts: millions of figures are joined, sorted and ranked by number instead.
numbered as (
    select
        source,
        measure_id,
        row_number() over (order by source, measure_id) as measure_number
    from all_measures
)

select * from numbered
