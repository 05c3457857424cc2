with lines as (
    select * from {{ source('budget_ledger', 'lines') }}
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
        {{ clean_code('lines.cost_centre') }} as cost_centre_code,
        {{ clean_text('lines.cost_centre_name') }} as cost_centre_name,
        {{ clean_code('lines.account_code') }} as account_code,
        {{ clean_text('lines.account_name') }} as account_name,
        {{ clean_code('lines.month') }} as ledger_period_label,
        {{ parse_month('lines.month') }} as ledger_month,
        lower({{ clean_text('lines.figure_type') }}) as figure_type,
        lower({{ clean_text('lines.line_type') }}) as line_type,
        {{ parse_number('lines.amount') }} as amount,
        {{ clean_code('lines.service_code') }} as service_code,
        lower({{ clean_text('lines.placement_category') }}) as placement_category,
        {{ clean_code('lines.s251_line') }} as section_251_line_code,
        lines._delivery_id,
        lines._source_file,
        lines._source_line
    from lines
    inner join deliveries_in_force
        on lines._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
