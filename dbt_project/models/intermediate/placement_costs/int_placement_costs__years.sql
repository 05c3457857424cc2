with deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

areas as (
    select * from {{ ref('ref_areas') }}
    where area_type = 'local_authority' and is_newest_code
),

returned as (
    select
        la_code,
        period_label,
        {{ financial_year_start('period_label') }} as period_start,
        {{ financial_year_end('period_label') }} as period_end,
        count(*) filter (where return_name = 'ssda903' and table_name = 'episodes') > 0
            as has_episodes,
        count(*) filter (where return_name = 'placement_payments') > 0 as has_payments,
        count(*) filter (where return_name = 'budget_ledger') > 0 as has_ledger,
        count(*) filter (where return_name = 'section251') > 0 as has_outturn
    from deliveries_in_force
    where
        return_name in ('ssda903', 'placement_payments', 'budget_ledger', 'section251')
        and la_code is not null
    group by all
),

years as (
    select
        coalesce(areas.area_code, returned.la_code) as area_code,
        returned.*,
        returned.period_end <= {{ as_at() }} as is_whole_year
    from returned
    left join areas on returned.la_code = areas.la_code
    where returned.period_start <= {{ as_at() }}
)

select * from years
