with lait_dictionary as (
    select * from {{ ref('stg_published_statistics__lait_dictionary') }}
),

newest_dictionary as (
    select
        source_line,
        measure_id,
        measure_title,
        topic,
        unit,
        polarity,
        decimals,
        year_type,
        has_quartiles
    from lait_dictionary
    where not is_discontinued
    qualify
        delivery_id = first_value(delivery_id) over (
            order by release desc, received_at desc, delivery_id desc
        )
),

-- A title listed under two topics is one title of both.
merged as (
    select
        measure_id,
        measure_title,
        {{ ordered_string_agg('topic', ' / ', 'source_line') }} as topic,
        min_by(unit, source_line) as unit,
        min_by(polarity, source_line) as polarity,
        min_by(decimals, source_line) as decimals,
        min_by(year_type, source_line) as year_type,
        min_by(has_quartiles, source_line) as has_quartiles,
        min(source_line) as first_line
    from newest_dictionary
    group by all
)

select * from merged
