with uasc as (
    select * from {{ source('ssda903', 'uasc') }}
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
        {{ clean_identifier('uasc.child') }} as child_id,
        {{ clean_code('uasc.sex') }} as sex_code,
        {{ parse_date('uasc.dob') }} as date_of_birth,
        {{ parse_date('uasc.duc') }} as unaccompanied_end_date,
        uasc._delivery_id,
        uasc._source_file,
        uasc._source_line
    from uasc
    inner join deliveries_in_force
        on uasc._delivery_id = deliveries_in_force.delivery_id
),

with_sex as (
    select
        *,
        case
            when sex_code in ('2', 'F') then 'Female'
            when sex_code in ('1', 'M') then 'Male'
            else 'Unknown'
        end as sex
    from typed
)

select * from with_sex
