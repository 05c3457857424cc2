with quarters as (
    select * from {{ source('breastfeeding', 'quarters') }}
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
        {{ clean_identifier('quarters.area') }} as area_code,
        {{ clean_code('quarters.quarter') }} as quarter_label,
        {{ parse_integer('quarters.due') }} as due_count,
        {{ parse_integer('quarters.recorded') }} as recorded_count,
        {{ parse_integer('quarters.total_bf') }} as fully_breastfed_count,
        {{ parse_integer('quarters.partial_bf') }} as partly_breastfed_count,
        deliveries_in_force.received_at,
        quarters._delivery_id,
        quarters._source_file,
        quarters._source_line
    from quarters
    inner join deliveries_in_force
        on quarters._delivery_id = deliveries_in_force.delivery_id
),

sent_last as (
    select *
    from typed
    qualify {{ sent_last(key=['area_code', 'quarter_label']) }}
)

select * from sent_last
