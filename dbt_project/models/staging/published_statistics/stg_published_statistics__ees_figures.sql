with cells as (
    select * from {{ source('published_statistics', 'ees_cells') }}
),

ees_columns as (
    select * from {{ ref('stg_published_statistics__ees_columns') }}
),

ees_rows as (
    select * from {{ ref('stg_published_statistics__ees_rows') }}
),

filters as (
    select * from {{ ref('stg_published_statistics__ees_filters') }}
),

symbols as (
    select * from {{ ref('ref_published_symbols') }}
),

indicator_cells as (
    select
        cells._delivery_id as delivery_id,
        cells._source_line as source_line,
        ees_columns.series,
        ees_columns.release,
        ees_columns.column_name,
        ees_columns.canonical_name,
        ees_columns.unit as column_unit,
        lower(trim(cells.value)) as published_value
    from cells
    inner join ees_columns
        on
            cells._delivery_id = ees_columns.delivery_id
            and cast(cells.column_position as integer) = ees_columns.column_position
    where ees_columns.role = 'indicator'
),

-- Typed once for each distinct text: a file has thousands of cells and few texts.
distinct_texts as (
    select distinct published_value
    from indicator_cells
),

typed_texts as (
    select
        distinct_texts.published_value,
        coalesce(
            {{ try_to_double('distinct_texts.published_value') }},
            {{ duration_in_months('distinct_texts.published_value') }}
        ) as value,
        {{ duration_in_months('distinct_texts.published_value') }} is not null as is_duration,
        symbols.status as symbol_status
    from distinct_texts
    left join symbols on distinct_texts.published_value = symbols.symbol
),

figures as (
    select
        indicator_cells.delivery_id,
        indicator_cells.source_line,
        indicator_cells.series,
        indicator_cells.release,
        ees_rows.la_code,
        ees_rows.is_joint,
        ees_rows.source_period,
        ees_rows.year_type,
        indicator_cells.series || '/' || indicator_cells.canonical_name
        || coalesce('/' || filters.canonical_filters, '') as measure_id,
        indicator_cells.series || ': ' || indicator_cells.column_name
        || coalesce(' (' || filters.filters || ')', '') as measure_title,
        case when typed_texts.is_duration then 'months' else indicator_cells.column_unit end
            as unit,
        indicator_cells.published_value,
        typed_texts.value as published_number,
        coalesce(typed_texts.symbol_status, 'not_available') as status_without_number
    from indicator_cells
    inner join ees_rows
        on
            indicator_cells.delivery_id = ees_rows.delivery_id
            and indicator_cells.source_line = ees_rows.source_line
    left join filters
        on
            indicator_cells.delivery_id = filters.delivery_id
            and indicator_cells.source_line = filters.source_line
    left join typed_texts
        on indicator_cells.published_value is not distinct from typed_texts.published_value
),

-- A rate of a joint service is the rate of either authority; a count cannot be split.
shared_figures as (
    select
        delivery_id,
        source_line,
        series,
        release,
        la_code,
        is_joint,
        source_period,
        year_type,
        measure_id,
        measure_title,
        unit,
        published_value,
        case
            when not is_joint or unit in ('percent', 'rate per 10,000', 'average')
                then published_number
        end as value,
        status_without_number
    from figures
),

judged_figures as (
    select
        delivery_id,
        source_line,
        series,
        release,
        la_code,
        is_joint,
        source_period,
        year_type,
        measure_id,
        measure_title,
        unit,
        published_value,
        value,
        case when value is not null then 'final' else status_without_number end as status
    from shared_figures
)

select * from judged_figures
