with sent_figures as (
    select * from {{ ref('stg_indicator_figures__figures') }}
),

tables_in_force as (
    select distinct
        la_code,
        area_code
    from {{ ref('int_indicators__tables_in_force') }}
),

named as (
    select
        concat(sent_figures.indicator_id, coalesce(sent_figures.indicator_part, ''))
            as indicator_id,
        tables_in_force.area_code,
        -- Quarters are also written 2016-17 Q1, as no file name may hold a slash.
        case
            when sent_figures.figure_period_label like '____-__ Q_'
                then replace(sent_figures.figure_period_label, '-', '/')
            else sent_figures.figure_period_label
        end as period_label,
        sent_figures.breakdown,
        sent_figures.breakdown_value,
        sent_figures.figure_version,
        sent_figures.figure,
        sent_figures.numerator,
        sent_figures.denominator,
        sent_figures.figure_status,
        sent_figures.note,
        sent_figures._delivery_id,
        sent_figures._source_file,
        sent_figures._source_line
    from sent_figures
    inner join tables_in_force on sent_figures.la_code = tables_in_force.la_code
),

-- Two owners, or the files of two years, may send the same figure: the one that came last counts.
sent_last as (
    select * from named
    qualify row_number() over (
            partition by
                indicator_id, area_code, period_label, breakdown, breakdown_value, figure_version
            order by _delivery_id desc, _source_line desc
        ) = 1
)

select * from sent_last
