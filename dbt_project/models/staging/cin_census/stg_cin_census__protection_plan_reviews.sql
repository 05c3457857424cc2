with cpp_review as (
    select * from {{ source('cin_census', 'cpp_review') }}
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
        {{ clean_identifier('cpp_review.la_child_id') }} as child_id,
        {{ parse_date('cpp_review.cin_referral_date') }} as referral_date,
        {{ parse_integer('cpp_review.cin_sequence') }} as referral_sequence,
        {{ parse_integer('cpp_review.cpp_sequence') }} as plan_sequence,
        {{ parse_date('cpp_review.cpp_start_date') }} as plan_start_date,
        {{ parse_date('cpp_review.cpp_review_date') }} as review_date,
        cpp_review._delivery_id,
        cpp_review._source_file,
        cpp_review._source_line
    from cpp_review
    inner join deliveries_in_force
        on cpp_review._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
