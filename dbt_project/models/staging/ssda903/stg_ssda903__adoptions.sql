with ad1 as (
    select * from {{ source('ssda903', 'ad1') }}
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
        {{ clean_identifier('ad1.child') }} as child_id,
        {{ parse_date('ad1.dob') }} as date_of_birth,
        {{ parse_date('ad1.date_int') }} as adoption_decision_date,
        {{ parse_date('ad1.date_match') }} as adoption_match_date,
        {{ clean_code('ad1.foster_care') }} as foster_carer_adoption_code,
        {{ parse_integer('ad1.nb_adoptr') }} as adopter_count,
        {{ clean_code('ad1.sex_adoptr') }} as adopters_sex_code,
        {{ clean_code('ad1.ls_adoptr') }} as adopters_relationship_code,
        ad1._delivery_id,
        ad1._source_file,
        ad1._source_line
    from ad1
    inner join deliveries_in_force
        on ad1._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
