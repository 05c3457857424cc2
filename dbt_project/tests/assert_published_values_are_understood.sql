-- Guards against a number lost to a typing error or a new symbol: a value that is neither a number
-- nor a symbol of ref_published_symbols is shown as not available. It warns, for the figure is the
-- publisher's to mend. In the statistics files such a value turns its column into a filter, so only
-- the tool's table is asked.
{{ config(severity='warn') }}

with lait as (
    select * from {{ ref('stg_published_statistics__lait') }}
),

symbols as (
    select * from {{ ref('ref_published_symbols') }}
),

misread_values as (
    select
        lait.delivery_id,
        lait.published_value,
        count(*) as line_count,
        min(lait.source_line) as first_line
    from lait
    left join symbols on lait.published_value = symbols.symbol
    where lait.value is null and symbols.symbol is null
    group by all
)

select * from misread_values
