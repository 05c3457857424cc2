with layouts as (
    select * from {{ ref('report_layouts') }}
),

figures as (
    select * from {{ ref('fct_indicator_values') }}
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

areas as (
    select * from {{ ref('int_reports__areas') }}
),

pooled_budgets as (
    select * from {{ ref('int_reports__pooled_budgets') }}
),

-- The figures there are of a cell: the one to print comes first.
found as (
    select
        layouts.report,
        layouts.table_id,
        layouts.table_order,
        layouts.title,
        layouts.row_order,
        layouts.row_label,
        layouts.column_order,
        layouts.column_label,
        layouts.figure_part,
        layouts.unit,
        layouts.decimals,
        layouts.indicator_id,
        areas.area_code,
        figures.period_type,
        layouts.period_label,
        layouts.breakdown,
        layouts.breakdown_value,
        layouts.version,
        figures.basis,
        case layouts.figure_part
            when 'numerator' then figures.numerator
            when 'denominator' then figures.denominator
            else figures.value
        end as figure,
        figures.status as figure_status
    from layouts
    inner join areas on layouts.area = areas.area
    left join figures
        on layouts.indicator_id = figures.indicator_id
            and areas.area_code = figures.area_code
            and layouts.period_label = figures.period_label
            and layouts.breakdown = figures.breakdown
            and layouts.breakdown_value = figures.breakdown_value
            and layouts.version = figures.version
),

first_found as (
    select * from found
    qualify row_number() over (
            partition by report, table_id, row_order, column_order
            order by {{ basis_order('figure', 'basis') }}, period_type asc
        ) = 1
),

cells as (
    select
        first_found.report,
        first_found.table_id,
        first_found.table_order,
        first_found.title,
        first_found.row_order,
        first_found.row_label,
        first_found.column_order,
        first_found.column_label,
        case when first_found.figure_status = 'final' then first_found.figure end as value,
        case
            when first_found.figure_status is null then 'not_available'
            when first_found.figure_status = 'final' and first_found.figure is null
                then 'not_available'
            else first_found.figure_status
        end as status,
        case
            when first_found.unit is not null then first_found.unit
            when first_found.figure_part in ('numerator', 'denominator') then 'count'
            else indicators.unit
        end as unit,
        case
            when first_found.unit is not null then first_found.decimals
            when first_found.figure_part in ('numerator', 'denominator') then 0
            else indicators.decimals
        end as decimals,
        first_found.figure_part,
        first_found.indicator_id,
        first_found.area_code,
        first_found.period_type,
        first_found.period_label,
        first_found.breakdown,
        first_found.breakdown_value,
        first_found.version,
        first_found.basis
    from first_found
    left join indicators on first_found.indicator_id = indicators.indicator_id
),

-- The plan's table of shared budgets has as many rows as the ledger has lines.
budget_cells as (
    select
        'cypp_annual_update_2008_09' as report,
        'A04' as table_id,
        4 as table_order,
        concat('Pooled and aligned budgets, ', period_label) as title,
        line_order as row_order,
        account_name as row_label,
        1 as column_order,
        'Budget' as column_label,
        budget as value,
        'final' as status,
        'gbp' as unit,
        0 as decimals,
        cast(null as {{ dbt.type_string() }}) as figure_part,
        cast(null as {{ dbt.type_string() }}) as indicator_id,
        area_code,
        'financial_year' as period_type,
        period_label,
        'budget' as breakdown,
        account_name as breakdown_value,
        'target' as version,
        'computed' as basis
    from pooled_budgets
    where period_label = '2008/09'
),

tables as (
    select * from cells
    union all
    select * from budget_cells
)

select * from tables
