with cells as (
    select * from {{ ref('report_tables') }}
),

withheld_figures as (
    select * from {{ ref('published__fct_indicator_values') }}
    where status = 'suppressed'
),

suppressed as (
    select
        cells.report,
        cells.table_id,
        cells.table_order,
        cells.title,
        cells.row_order,
        cells.row_label,
        cells.column_order,
        cells.column_label,
        case when withheld_figures.status is null then cells.value end as value,
        coalesce(withheld_figures.status, cells.status) as status,
        cells.unit,
        cells.decimals,
        cells.figure_part,
        cells.indicator_id,
        cells.area_code,
        cells.period_type,
        cells.period_label,
        cells.breakdown,
        cells.breakdown_value,
        cells.version,
        cells.basis
    from cells
    left join withheld_figures
        on cells.indicator_id = withheld_figures.indicator_id
            and cells.area_code = withheld_figures.area_code
            and cells.period_type = withheld_figures.period_type
            and cells.period_label = withheld_figures.period_label
            and cells.breakdown = withheld_figures.breakdown
            and cells.breakdown_value = withheld_figures.breakdown_value
            and cells.version = withheld_figures.version
            and cells.basis = withheld_figures.basis
)

select * from suppressed
