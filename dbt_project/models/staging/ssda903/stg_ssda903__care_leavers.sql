with oc3 as (
    select * from {{ source('ssda903', 'oc3') }}
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
        {{ clean_identifier('oc3.child') }} as child_id,
        {{ parse_date('oc3.dob') }} as date_of_birth,
        {{ clean_code('oc3.in_touch') }} as contact_code,
        {{ clean_code('oc3.activ') }} as activity_code,
        {{ clean_code('oc3.accom') }} as accommodation_code,
        oc3._delivery_id,
        oc3._source_file,
        oc3._source_line
    from oc3
    inner join deliveries_in_force
        on oc3._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
