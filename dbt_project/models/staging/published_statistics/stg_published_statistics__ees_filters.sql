with cells as (
    select * from {{ source('published_statistics', 'ees_cells') }}
),

ees_columns as (
    select * from {{ ref('stg_published_statistics__ees_columns') }}
),

aliases as (
    select * from {{ ref('ref_ees_label_aliases') }}
),

filter_cells as (
    select
        cells._delivery_id as delivery_id,
        cells._source_line as source_line,
        ees_columns.series,
        ees_columns.column_position,
        ees_columns.canonical_name,
        trim(cells.value) as label
    from cells
    inner join ees_columns
        on
            cells._delivery_id = ees_columns.delivery_id
            and cast(cells.column_position as integer) = ees_columns.column_position
    where ees_columns.role = 'filter' and trim(cells.value) <> ''
),

aliased_cells as (
    select
        filter_cells.delivery_id,
        filter_cells.source_line,
        filter_cells.column_position,
        filter_cells.canonical_name,
        filter_cells.label,
        coalesce(aliases.canonical_label, lower(filter_cells.label)) as canonical_label
    from filter_cells
    left join aliases
        on
            filter_cells.series = aliases.series
            and filter_cells.canonical_name = aliases.column_name
            and lower(filter_cells.label) = aliases.label
),

joined_filters as (
    select
        delivery_id,
        source_line,
        {{ ordered_string_agg(
            "canonical_name || '=' || label", '; ', 'column_position'
        ) }} as filters,
        {{ ordered_string_agg(
            "canonical_name || '=' || canonical_label", '; ', 'canonical_name'
        ) }} as canonical_filters
    from aliased_cells
    group by all
)

select * from joined_filters
