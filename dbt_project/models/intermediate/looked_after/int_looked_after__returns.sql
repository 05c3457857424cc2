with deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

areas as (
    select * from {{ ref('ref_areas') }}
    where area_type = 'local_authority' and is_newest_code
),

returned_years as (
    select
        la_code,
        period_label,
        {{ financial_year_start('period_label') }} as period_start,
        {{ financial_year_end('period_label') }} as period_end,
        count(*) filter (where table_name = 'header') > 0 as has_header_table,
        count(*) filter (where table_name = 'episodes') > 0 as has_episodes_table,
        count(*) filter (where table_name = 'uasc') > 0 as has_uasc_table,
        count(*) filter (where table_name = 'reviews') > 0 as has_reviews_table
    from deliveries_in_force
    where return_name = 'ssda903' and la_code is not null
    group by all
),

-- An authority without an ONS code (an invented one) goes by its DfE number.
whole_years as (
    select
        coalesce(areas.area_code, returned_years.la_code) as area_code,
        returned_years.*,
        least(returned_years.period_end, {{ as_at() }}) as known_until
    from returned_years
    left join areas on returned_years.la_code = areas.la_code
    where returned_years.period_start is not null
)

select * from whole_years
