with header as (
    select * from {{ source('ssda903', 'header') }}
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
        {{ clean_identifier('header.child') }} as child_id,
        {{ clean_code('header.sex') }} as sex_code,
        {{ parse_date('header.dob') }} as date_of_birth,
        {{ clean_code('header.ethnic') }} as ethnicity_code,
        {{ clean_identifier('header.upn') }} as unique_pupil_number,
        {{ clean_code('header.mother') }} as mother_code,
        {{ parse_date('header.mc_dob') }} as first_child_date_of_birth,
        {{ clean_code('header.uasc') }} as unaccompanied_code,
        header._delivery_id,
        header._source_file,
        header._source_line
    from header
    inner join deliveries_in_force
        on header._delivery_id = deliveries_in_force.delivery_id
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
