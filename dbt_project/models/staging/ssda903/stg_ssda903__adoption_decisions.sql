with placed_for_adoption as (
    select * from {{ source('ssda903', 'placed_for_adoption') }}
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
        {{ clean_identifier('placed_for_adoption.child') }} as child_id,
        {{ parse_date('placed_for_adoption.dob') }} as date_of_birth,
        {{ parse_date('placed_for_adoption.date_placed') }} as decision_date,
        {{ parse_date('placed_for_adoption.date_placed_ceased') }} as reversal_date,
        {{ clean_code('placed_for_adoption.reason_placed_ceased') }} as reversal_reason_code,
        placed_for_adoption._delivery_id,
        placed_for_adoption._source_file,
        placed_for_adoption._source_line
    from placed_for_adoption
    inner join deliveries_in_force
        on placed_for_adoption._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
