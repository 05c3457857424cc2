with years as (
    select * from {{ ref('int_placement_costs__years') }}
),

payments as (
    select * from {{ ref('int_placement_costs__payments') }}
),

ledger as (
    select * from {{ ref('int_placement_costs__ledger') }}
),

outturn_lines as (
    select * from {{ ref('stg_section251__outturn_lines') }}
),

outturn_measures as (
    select * from {{ ref('ref_section_251_lines') }}
),

payments_by_line as (
    select
        la_code,
        period_label,
        coalesce(section_251_line_code, 'none') as line_code,
        sum(gross_amount) as payments_gross
    from payments
    group by all
),

ledger_by_line as (
    select
        la_code,
        period_label,
        coalesce(section_251_line_code, 'none') as line_code,
        coalesce(sum(gross_amount) filter (where is_of_placements), 0) as ledger_placements,
        coalesce(sum(gross_amount) filter (where not is_of_placements), 0) as ledger_others
    from ledger
    group by all
),

-- A total is no line: its parts are listed.
outturn_by_line as (
    select
        outturn_lines.la_code,
        outturn_lines.period_label,
        outturn_lines.line_code,
        max(outturn_lines.line_name) as line_name,
        sum(outturn_lines.gross_amount) as outturn_gross
    from outturn_lines
    left join outturn_measures on lower(outturn_lines.line_name) = outturn_measures.line_name
    where coalesce(outturn_measures.measure, '') <> 'looked_after'
    group by all
),

keys as (
    select
        la_code,
        period_label,
        line_code
    from payments_by_line
    union
    select
        la_code,
        period_label,
        line_code
    from ledger_by_line
    union
    select
        la_code,
        period_label,
        line_code
    from outturn_by_line
),

reconciled as (
    select
        years.area_code,
        years.la_code,
        years.period_label,
        years.is_whole_year,
        keys.line_code,
        outturn_by_line.line_name,
        payments_by_line.payments_gross,
        ledger_by_line.ledger_placements,
        ledger_by_line.ledger_others,
        outturn_by_line.outturn_gross,
        ledger_by_line.ledger_placements - coalesce(payments_by_line.payments_gross, 0)
            as ledger_less_payments,
        outturn_by_line.outturn_gross
        - ledger_by_line.ledger_placements
        - ledger_by_line.ledger_others as outturn_less_ledger
    from keys
    inner join years
        on keys.la_code = years.la_code and keys.period_label = years.period_label
    left join payments_by_line
        on keys.la_code = payments_by_line.la_code
            and keys.period_label = payments_by_line.period_label
            and keys.line_code = payments_by_line.line_code
    left join ledger_by_line
        on keys.la_code = ledger_by_line.la_code
            and keys.period_label = ledger_by_line.period_label
            and keys.line_code = ledger_by_line.line_code
    left join outturn_by_line
        on keys.la_code = outturn_by_line.la_code
            and keys.period_label = outturn_by_line.period_label
            and keys.line_code = outturn_by_line.line_code
)

select * from reconciled
