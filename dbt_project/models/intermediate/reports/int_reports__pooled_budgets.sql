with ledger_lines as (
    select * from {{ ref('stg_budget_ledger__lines') }}
),

areas as (
    select * from {{ ref('int_reports__areas') }}
    where area = 'home'
),

-- The plan prints the budgets shared with partners; the ledger keeps them on cost centres of their
-- own, one for each priority of the plan, whose name says so.
pooled_lines as (
    select
        period_label,
        account_code,
        cost_centre_code,
        cost_centre_name,
        account_name,
        sum(amount) as budget
    from ledger_lines
    where
        la_code = '{{ var("home_la_code") }}'
        and figure_type = 'original_budget'
        and cost_centre_name like 'Pooled and aligned budgets%'
    group by all
),

in_order as (
    select
        areas.area_code,
        pooled_lines.period_label,
        pooled_lines.cost_centre_name,
        pooled_lines.account_name,
        pooled_lines.budget,
        cast(
            row_number() over (
                partition by pooled_lines.period_label
                order by pooled_lines.cost_centre_code, pooled_lines.account_code
            ) as integer
        ) as line_order
    from pooled_lines
    cross join areas
)

select * from in_order
