with payments as (
    select * from {{ ref('stg_placement_payments__payments') }}
    where gross_amount is not null and paid_from_date <= paid_to_date
),

ledger_lines as (
    select * from {{ ref('stg_budget_ledger__lines') }}
    where placement_category is not null
),

nights as (
    select * from {{ ref('int_placement_costs__nights') }}
),

areas as (
    select * from {{ ref('ref_areas') }}
    where area_type = 'local_authority' and is_newest_code
),

-- What a service or a cost centre buys, where the year's ledger says one thing only.
services as (
    select
        la_code,
        period_label,
        service_code,
        min(placement_category) as placement_category
    from ledger_lines
    where service_code is not null
    group by all
    having count(distinct placement_category) = 1
),

cost_centres as (
    select
        la_code,
        period_label,
        cost_centre_code,
        min(placement_category) as placement_category
    from ledger_lines
    group by all
    having count(distinct placement_category) = 1
),

-- Where the ledger does not say, the placement the child spent most of the nights in does.
placed as (
    select
        payments._delivery_id,
        payments._source_line,
        nights.placement_category,
        sum(
            {{ dbt.datediff(
                'greatest(payments.paid_from_date, nights.span_start_date)',
                'least(' ~ dbt.dateadd('day', 1, 'payments.paid_to_date') ~ ', nights.span_end_date)',
                'day'
            ) }}
        ) as night_count
    from payments
    inner join nights
        on payments.la_code = nights.la_code
            and payments.child_id = nights.child_id
            and payments.paid_from_date < nights.span_end_date
            and payments.paid_to_date >= nights.span_start_date
    group by all
),

most_nights as (
    select * from placed
    qualify row_number() over (
            partition by _delivery_id, _source_line
            order by night_count desc, placement_category asc
        ) = 1
),

-- A night is paid for as it begins: of two payments of a kind for one, the later to begin has it.
with_categories as (
    select
        coalesce(areas.area_code, payments.la_code) as area_code,
        payments.la_code,
        payments.period_label,
        payments.payment_id,
        payments.child_id,
        payments.supplier_id,
        payments.payment_type,
        coalesce(
            services.placement_category,
            cost_centres.placement_category,
            most_nights.placement_category,
            'other'
        ) as placement_category,
        case
            when services.placement_category is not null then 'service'
            when cost_centres.placement_category is not null then 'cost_centre'
            when most_nights.placement_category is not null then 'placement'
            else 'none'
        end as category_basis,
        payments.payment_type not in ('one_off') as is_recurring,
        payments.payment_type not in ('one_off', 'enhancement') and payments.gross_amount > 0
            as is_for_nights,
        payments.paid_from_date,
        cast({{ dbt.dateadd('day', 1, 'payments.paid_to_date') }} as date) as paid_until_date,
        payments.gross_amount,
        payments.gross_amount
        - coalesce(payments.health_contribution_amount, 0)
        - coalesce(payments.education_contribution_amount, 0) as net_amount,
        payments.section_251_line_code,
        row_number() over (
            partition by payments.la_code, payments.child_id
            order by
                payments.paid_from_date,
                payments.payment_id,
                payments._delivery_id,
                payments._source_line
        ) as payment_number,
        payments._delivery_id,
        payments._source_file,
        payments._source_line
    from payments
    left join areas on payments.la_code = areas.la_code
    left join services
        on payments.la_code = services.la_code
            and payments.period_label = services.period_label
            and payments.service_code = services.service_code
    left join cost_centres
        on payments.la_code = cost_centres.la_code
            and payments.period_label = cost_centres.period_label
            and payments.cost_centre_code = cost_centres.cost_centre_code
    left join most_nights
        on payments._delivery_id = most_nights._delivery_id
            and payments._source_line = most_nights._source_line
    where payments.paid_from_date <= {{ as_at() }}
),

-- In a year that is still running, what is paid in advance counts up to the as-at date.
to_date as (
    select
        *,
        cast({{ dbt.datediff('paid_from_date', 'paid_until_date', 'day') }} as integer)
            as night_count,
        cast({{ dbt.datediff(
            'paid_from_date',
            'least(paid_until_date, cast(' ~ dbt.dateadd(
                'day', 1, as_at()
            ) ~ ' as date))',
            'day'
        ) }} as integer) as night_count_to_date
    from with_categories
),

payments_to_date as (
    select
        area_code,
        la_code,
        period_label,
        payment_id,
        payment_number,
        child_id,
        supplier_id,
        payment_type,
        placement_category,
        category_basis,
        is_recurring,
        is_for_nights,
        paid_from_date,
        cast({{ dbt.dateadd('day', 'night_count_to_date', 'paid_from_date') }} as date)
            as paid_until_date,
        night_count_to_date as night_count,
        gross_amount * night_count_to_date / night_count as gross_amount,
        net_amount * night_count_to_date / night_count as net_amount,
        section_251_line_code,
        _delivery_id,
        _source_file,
        _source_line
    from to_date
)

select * from payments_to_date
