with figures as (
    select * from {{ source('indicator_figures', 'figures') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        deliveries_in_force.la_code,
        deliveries_in_force.period_label,
        {{ financial_year_start('deliveries_in_force.period_label') }} as period_start,
        {{ financial_year_end('deliveries_in_force.period_label') }} as period_end,
        {{ clean_text('figures.indicator_id') }} as indicator_id,
        {{ clean_text('figures.part') }} as indicator_part,
        {{ clean_text('figures.period') }} as figure_period_label,
        coalesce({{ clean_text('figures.breakdown') }}, 'total') as breakdown,
        coalesce({{ clean_text('figures.breakdown_value') }}, 'total') as breakdown_value,
        {{ parse_number('figures.value') }} as figure,
        {{ parse_number('figures.numerator') }} as numerator,
        {{ parse_number('figures.denominator') }} as denominator,
        coalesce(lower({{ clean_text('figures.version') }}), 'outturn') as figure_version,
        coalesce(lower({{ clean_text('figures.status') }}), 'final') as figure_status,
        {{ clean_text('figures.note') }} as note,
        lower(deliveries_in_force.series) as sent_by,
        figures._delivery_id,
        figures._source_file,
        figures._source_line
    from figures
    inner join deliveries_in_force
        on figures._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
