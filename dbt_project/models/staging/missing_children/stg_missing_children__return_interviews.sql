with return_interviews as (
    select * from {{ source('missing_children', 'return_interviews') }}
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
        {{ clean_identifier('return_interviews.interview_id') }} as interview_id,
        {{ clean_identifier('return_interviews.missing_episode_id') }} as missing_episode_id,
        {{ clean_identifier('return_interviews.child_id') }} as child_id,
        {{ parse_timestamp('return_interviews.offered_date') }} as offered_at,
        {{ parse_timestamp('return_interviews.interview_date') }} as interviewed_at,
        {{ clean_text('return_interviews.status') }} as status_text,
        {{ month_of_part('deliveries_in_force.series') }} as reported_month,
        deliveries_in_force.received_at,
        return_interviews._delivery_id,
        return_interviews._source_file,
        return_interviews._source_line
    from return_interviews
    inner join deliveries_in_force
        on return_interviews._delivery_id = deliveries_in_force.delivery_id
),

sent_last as (
    select *
    from typed
    qualify {{ sent_last(key=['interview_id'], newest_first=['reported_month']) }}
),

with_days as (
    select
        *,
        cast(offered_at as date) as offered_date,
        cast(interviewed_at as date) as interview_date
    from sent_last
)

select * from with_days
