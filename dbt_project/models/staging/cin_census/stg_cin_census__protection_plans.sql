with cpp as (
    select * from {{ source('cin_census', 'cpp') }}
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
        {{ clean_identifier('cpp.la_child_id') }} as child_id,
        {{ parse_date('cpp.cin_referral_date') }} as referral_date,
        {{ parse_integer('cpp.cin_sequence') }} as referral_sequence,
        {{ parse_integer('cpp.cpp_sequence') }} as plan_sequence,
        {{ parse_date('cpp.cpp_start_date') }} as plan_start_date,
        {{ parse_date('cpp.cpp_end_date') }} as plan_end_date,
        {{ clean_code('cpp.initial_category_of_abuse') }} as initial_abuse_category_code,
        {{ clean_code('cpp.latest_category_of_abuse') }} as latest_abuse_category_code,
        {{ parse_integer('cpp.number_of_previous_cpp') }} as previous_plan_count,
        cpp._delivery_id,
        cpp._source_file,
        cpp._source_line
    from cpp
    inner join deliveries_in_force
        on cpp._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
