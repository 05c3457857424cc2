with lait as (
    select * from {{ source('published_statistics', 'lait') }}
),

deliveries as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

symbols as (
    select * from {{ ref('ref_published_symbols') }}
),

cleaned as (
    select
        lait._delivery_id as delivery_id,
        lait._source_line as source_line,
        deliveries.period_label as release,
        trim(lait.short_desc) as measure_id,
        trim(lait.la_number) as la_code,
        trim(lait.years) as source_period,
        lower(trim(lait.value)) as published_value
    from lait
    inner join deliveries on lait._delivery_id = deliveries.delivery_id
),

distinct_texts as (
    select distinct published_value
    from cleaned
),

typed_texts as (
    select
        distinct_texts.published_value,
        {{ try_to_double('distinct_texts.published_value') }} as value,
        case
            when {{ try_to_double('distinct_texts.published_value') }} is not null then 'final'
            else coalesce(symbols.status, 'not_available')
        end as status
    from distinct_texts
    left join symbols on distinct_texts.published_value = symbols.symbol
),

typed_rows as (
    select
        cleaned.delivery_id,
        cleaned.source_line,
        cleaned.release,
        cleaned.measure_id,
        cleaned.la_code,
        cleaned.source_period,
        cleaned.published_value,
        typed_texts.value,
        typed_texts.status
    from cleaned
    inner join typed_texts
        on cleaned.published_value is not distinct from typed_texts.published_value
)

select * from typed_rows
