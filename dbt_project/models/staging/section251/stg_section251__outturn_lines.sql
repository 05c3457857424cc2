with outturn as (
    select * from {{ source('section251', 'outturn') }}
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
        replace({{ clean_text('outturn.year') }}, '-', '/') as financial_year_label,
        {{ clean_code('outturn.line_code') }} as line_code,
        {{ clean_text('outturn.line_name') }} as line_name,
        {{ parse_number('outturn.gross') }} as gross_amount,
        {{ parse_number('outturn.income') }} as income_amount,
        {{ parse_number('outturn.net') }} as net_amount,
        outturn._delivery_id,
        outturn._source_file,
        outturn._source_line
    from outturn
    inner join deliveries_in_force
        on outturn._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
