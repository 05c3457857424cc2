with child as (
    select * from {{ source('cin_census', 'child') }}
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
        {{ clean_identifier('child.la_child_id') }} as child_id,
        {{ clean_identifier('child.upn') }} as unique_pupil_number,
        {{ clean_identifier('child.former_upn') }} as former_unique_pupil_number,
        {{ clean_code('child.upn_unknown') }} as unknown_pupil_number_reason_code,
        {{ parse_date('child.person_birth_date') }} as date_of_birth,
        {{ parse_date('child.expected_person_birth_date') }} as expected_date_of_birth,
        {{ clean_code('child.sex') }} as sex_code,
        {{ parse_date('child.person_death_date') }} as date_of_death,
        {{ clean_code('child.ethnicity') }} as ethnicity_code,
        child._delivery_id,
        child._source_file,
        child._source_line
    from child
    inner join deliveries_in_force
        on child._delivery_id = deliveries_in_force.delivery_id
),

with_sex as (
    select
        *,
        {{ sex_of('sex_code') }} as sex
    from typed
)

select * from with_sex
