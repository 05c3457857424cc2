with payments as (
    select * from {{ source('placement_payments', 'payments') }}
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
        {{ clean_identifier('payments.payment_id') }} as payment_id,
        {{ clean_identifier('payments.child_id') }} as child_id,
        {{ clean_identifier('payments.supplier_id') }} as supplier_id,
        {{ clean_text('payments.supplier_name') }} as supplier_name,
        {{ clean_code('payments.service_code') }} as service_code,
        {{ parse_date('payments.period_start') }} as paid_from_date,
        {{ parse_date('payments.period_end') }} as paid_to_date,
        {{ parse_number('payments.amount_gross') }} as gross_amount,
        {{ parse_number('payments.weekly_rate') }} as weekly_rate,
        lower({{ clean_text('payments.payment_type') }}) as payment_type,
        {{ parse_number('payments.contribution_health') }} as health_contribution_amount,
        {{ parse_number('payments.contribution_education') }} as education_contribution_amount,
        {{ clean_code('payments.cost_centre') }} as cost_centre_code,
        {{ clean_code('payments.s251_line') }} as section_251_line_code,
        {{ parse_date('payments.invoice_date') }} as invoice_date,
        {{ month_of_part('deliveries_in_force.series') }} as ledger_month,
        deliveries_in_force.received_at,
        payments._delivery_id,
        payments._source_file,
        payments._source_line
    from payments
    inner join deliveries_in_force
        on payments._delivery_id = deliveries_in_force.delivery_id
),

sent_last as (
    select *
    from typed
    qualify {{ sent_last(key=['payment_id'], newest_first=['ledger_month']) }}
)

select * from sent_last
