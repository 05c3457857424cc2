with sw_episodes as (
    select * from {{ source('ssda903', 'sw_episodes') }}
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
        {{ clean_identifier('sw_episodes.child') }} as child_id,
        {{ parse_date('sw_episodes.dob') }} as date_of_birth,
        {{ clean_code('sw_episodes.sw_id') }} as social_worker_id,
        {{ parse_date('sw_episodes.sw_decom') }} as social_worker_start_date,
        {{ parse_date('sw_episodes.sw_dec') }} as social_worker_end_date,
        {{ clean_code('sw_episodes.sw_reason') }} as change_reason_code,
        sw_episodes._delivery_id,
        sw_episodes._source_file,
        sw_episodes._source_line
    from sw_episodes
    inner join deliveries_in_force
        on sw_episodes._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
