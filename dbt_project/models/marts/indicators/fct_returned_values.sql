with sent_figures as (
    select * from {{ ref('stg_indicator_figures__figures') }}
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

periods as (
    select * from {{ ref('dim_periods') }}
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
),

-- A label can be of several kinds of period: the indicator's own before a quarter or a month.
with_days as (
    select
        sent_last.*,
        coalesce(periods.period_type, indicators.period_type) as period_type,
        periods.period_start,
        periods.period_end
    from sent_last
    inner join indicators on sent_last.indicator_id = indicators.indicator_id
    left join periods
        on sent_last.period_label = periods.period_label
            and periods.period_type in (indicators.period_type, 'quarter', 'month')
    qualify row_number() over (
            partition by
                sent_last.indicator_id, sent_last.area_code, sent_last.period_label,
                sent_last.breakdown, sent_last.breakdown_value, sent_last.figure_version
            order by case when periods.period_type = indicators.period_type then 1 else 2 end
        ) = 1
),

returned as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        breakdown,
        breakdown_value,
        figure_version as version,
        period_start,
        period_end,
        numerator,
        denominator,
        figure as value,
        case
            when figure is null and figure_status = 'final' then 'not_available'
            else figure_status
        end as status,
        note,
        _delivery_id as delivery_id,
        _source_file as source_file,
        _source_line as source_line
    from with_days
)

select * from returned
