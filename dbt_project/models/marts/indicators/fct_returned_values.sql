with sent_last as (
    select * from {{ ref('int_indicators__figures_sent') }}
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

periods as (
    select * from {{ ref('dim_periods') }}
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
