with previous_permanence as (
    select * from {{ source('ssda903', 'previous_permanence') }}
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
        {{ clean_identifier('previous_permanence.child') }} as child_id,
        {{ parse_date('previous_permanence.dob') }} as date_of_birth,
        {{ clean_code('previous_permanence.prev_perm') }} as previous_permanence_code,
        {{ clean_code('previous_permanence.la_perm') }} as previous_permanence_la_code,
        {{ clean_text('previous_permanence.date_perm') }} as previous_permanence_text,
        {{ parse_part_date('previous_permanence.date_perm') }} as previous_permanence_earliest_date,
        previous_permanence._delivery_id,
        previous_permanence._source_file,
        previous_permanence._source_line
    from previous_permanence
    inner join deliveries_in_force
        on previous_permanence._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
