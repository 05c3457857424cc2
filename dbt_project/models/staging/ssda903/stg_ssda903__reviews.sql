with reviews as (
    select * from {{ source('ssda903', 'reviews') }}
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
        {{ clean_identifier('reviews.child') }} as child_id,
        {{ parse_date('reviews.dob') }} as date_of_birth,
        {{ parse_date('reviews.review') }} as review_date,
        {{ clean_code('reviews.review_code') }} as participation_code,
        reviews._delivery_id,
        reviews._source_file,
        reviews._source_line
    from reviews
    inner join deliveries_in_force
        on reviews._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
