with ledger_lines as (
    select * from {{ ref('stg_budget_ledger__lines') }}
),

-- Actuals of the months that had ended by the as-at date; what has no month is of the whole year.
actuals as (
    select
        *,
        coalesce(
            placement_category in (
                'in_house_fostering', 'pvi_fostering', 'other_la_fostering', 'residential',
                'secure', 'supported', 'adoption', 'parents', 'other'
            ),
            false
        ) as is_of_placements
    from ledger_lines
    where
        figure_type = 'actual'
        and cast({{ dbt.dateadd(
            'day', -1, dbt.dateadd('month', 1, 'ledger_month')
        ) }} as date) <= {{ as_at() }}
        or figure_type = 'actual'
        and ledger_month is null
        and period_end <= {{ as_at() }}
),

ledger as (
    select
        la_code,
        period_label,
        cost_centre_code,
        account_code,
        section_251_line_code,
        case when is_of_placements then placement_category end as placement_category,
        is_of_placements,
        sum(amount) filter (where line_type = 'expenditure') as gross_amount,
        sum(-amount) filter (where line_type = 'income') as income_amount,
        sum(amount) as net_amount,
        count(*) filter (where amount is null) as untyped_lines
    from actuals
    group by all
)

select * from ledger
