-- Guards against measures lost in silence: numbers of the tool's table that its dictionary gives no
-- title are in no mart. It warns, because a snapshot may land before the dictionary that goes with
-- it; titles the dictionary discontinues are left out on purpose.
{{ config(severity='warn') }}

with measures_numbered as (
    select * from {{ ref('int_benchmarks__measures_numbered') }}
),

lait_dictionary as (
    select * from {{ ref('stg_published_statistics__lait_dictionary') }}
),

untitled_measures as (
    select measures_numbered.measure_id
    from measures_numbered
    left join lait_dictionary on measures_numbered.measure_id = lait_dictionary.measure_id
    where measures_numbered.source = 'lait' and lait_dictionary.measure_id is null
)

select * from untitled_measures
