with cells as (
    select * from {{ source('published_statistics', 'ees_cells') }}
),

deliveries as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

symbols as (
    select * from {{ ref('ref_published_symbols') }}
),

aliases as (
    select * from {{ ref('ref_ees_column_aliases') }}
),

-- A column has few distinct values: judging those, not the cells, saves most of the work.
distinct_values as (
    select
        _delivery_id as delivery_id,
        cast(column_position as integer) as column_position,
        column_name,
        lower(trim(value)) as published_value
    from cells
    group by all
),

judged_values as (
    select
        distinct_values.delivery_id,
        distinct_values.column_position,
        distinct_values.column_name,
        distinct_values.published_value,
        symbols.symbol is not null
        or {{ duration_in_months('distinct_values.published_value') }} is not null
        or {{ try_to_double('distinct_values.published_value') }} is not null as reads_as_figure
    from distinct_values
    left join symbols on distinct_values.published_value = symbols.symbol
),

judged_columns as (
    select
        delivery_id,
        column_position,
        any_value(column_name) as column_name,
        count(published_value) as value_count,
        count(published_value) filter (where not reads_as_figure) as text_count
    from judged_values
    group by all
),

named_columns as (
    select
        judged_columns.delivery_id,
        deliveries.series,
        deliveries.period_label as release,
        judged_columns.column_position,
        judged_columns.column_name,
        coalesce(
            own_alias.canonical_name, shared_alias.canonical_name,
            lower(trim(judged_columns.column_name))
        ) as canonical_name,
        coalesce(
            own_alias.role, shared_alias.role,
            case
                when judged_columns.value_count = 0 then 'empty'
                when judged_columns.text_count = 0 then 'indicator'
                else 'filter'
            end
        ) as role
    from judged_columns
    inner join deliveries on judged_columns.delivery_id = deliveries.delivery_id
    left join aliases as own_alias
        on
            deliveries.series = own_alias.series
            and lower(trim(judged_columns.column_name)) = own_alias.column_name
    left join aliases as shared_alias
        on
            shared_alias.series = '*'
            and lower(trim(judged_columns.column_name)) = shared_alias.column_name
),

-- Units are in the names; the first that fits wins.
measured_columns as (
    select
        delivery_id,
        series,
        release,
        column_position,
        column_name,
        canonical_name,
        role,
        case
            when {{ matches_regex('canonical_name', '^pt_|percent(age)?$') }} then 'percent'
            when {{ matches_regex('canonical_name', 'rate_per_10000$|_rate$') }}
                then 'rate per 10,000'
            when {{ matches_regex('canonical_name', '_rate_(fte|headcount)$') }} then 'percent'
            when {{ matches_regex('canonical_name', '^avg_|^caseload_') }} then 'average'
            when {{ matches_regex('canonical_name', 'score') }} then 'score'
            when {{ matches_regex('canonical_name', '_fte$') }} then 'full-time equivalents'
            else 'number'
        end as unit
    from named_columns
)

select * from measured_columns
