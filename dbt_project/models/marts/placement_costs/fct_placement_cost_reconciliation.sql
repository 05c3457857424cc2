with reconciled as (
    select * from {{ ref('int_placement_costs__lines_reconciled') }}
),

reconciliation as (
    select
        area_code,
        period_label,
        line_code,
        line_name,
        cast(payments_gross as double) as payments_gross,
        cast(ledger_placements as double) as ledger_placements,
        cast(ledger_others as double) as ledger_others,
        cast(outturn_gross as double) as outturn_gross,
        cast(ledger_less_payments as double) as ledger_less_payments,
        cast(outturn_less_ledger as double) as outturn_less_ledger
    from reconciled
)

select * from reconciliation
