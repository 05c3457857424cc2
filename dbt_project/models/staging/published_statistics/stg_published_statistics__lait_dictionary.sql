with lait_dictionary as (
    select * from {{ source('published_statistics', 'lait_dictionary') }}
),

deliveries as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

-- The text NA means missing throughout the dictionary.
cleaned as (
    select
        lait_dictionary._delivery_id as delivery_id,
        lait_dictionary._source_line as source_line,
        deliveries.period_label as release,
        deliveries.received_at,
        trim(lait_dictionary.measure_short) as measure_id,
        trim(lait_dictionary.measure) as measure_title,
        trim(lait_dictionary.topic) as topic,
        nullif(trim(lait_dictionary.y_axis_name), 'NA') as unit,
        case trim(lait_dictionary.polarity)
            when 'High' then 'higher'
            when 'Low' then 'lower'
            else 'none'
        end as polarity,
        coalesce(try_cast(nullif(trim(lait_dictionary.dps), 'NA') as integer), 1) as decimals,
        trim(lait_dictionary.year_type) as year_type,
        coalesce(trim(lait_dictionary.no_quartile) <> 'N', true) as has_quartiles,
        coalesce(lait_dictionary.table_status like '%DISCONTINUE%', false) as is_discontinued
    from lait_dictionary
    inner join deliveries on lait_dictionary._delivery_id = deliveries.delivery_id
)

select * from cleaned
