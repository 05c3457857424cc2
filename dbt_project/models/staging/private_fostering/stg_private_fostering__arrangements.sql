with arrangements as (
    select * from {{ source('private_fostering', 'arrangements') }}
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
        {{ clean_identifier('arrangements.arrangement_id') }} as arrangement_id,
        {{ clean_identifier('arrangements.child_id') }} as child_id,
        {{ parse_date('arrangements.dob') }} as date_of_birth,
        {{ parse_date('arrangements.notification_date') }} as notification_date,
        {{ parse_date('arrangements.start_date') }} as arrangement_start_date,
        {{ parse_date('arrangements.end_date') }} as arrangement_end_date,
        {{ parse_date('arrangements.first_visit_date') }} as first_visit_date,
        {{ clean_text('arrangements.status') }} as status_text,
        arrangements._delivery_id,
        arrangements._source_file,
        arrangements._source_line
    from arrangements
    inner join deliveries_in_force
        on arrangements._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
