with missing_episodes as (
    select * from {{ source('missing_children', 'missing_episodes') }}
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
        {{ clean_identifier('missing_episodes.missing_episode_id') }} as missing_episode_id,
        {{ clean_identifier('missing_episodes.child_id') }} as child_id,
        {{ parse_timestamp('missing_episodes.date_from') }} as missing_start_at,
        {{ parse_timestamp('missing_episodes.date_to') }} as missing_end_at,
        {{ clean_text('missing_episodes.status') }} as status_text,
        lower({{ clean_text('missing_episodes.missing_from') }}) as missing_from,
        {{ clean_identifier('missing_episodes.responsible_authority') }} as responsible_la_code,
        {{ month_of_part('deliveries_in_force.series') }} as reported_month,
        deliveries_in_force.received_at,
        missing_episodes._delivery_id,
        missing_episodes._source_file,
        missing_episodes._source_line
    from missing_episodes
    inner join deliveries_in_force
        on missing_episodes._delivery_id = deliveries_in_force.delivery_id
),

sent_last as (
    select *
    from typed
    qualify {{ sent_last(key=['missing_episode_id'], newest_first=['reported_month']) }}
),

with_days as (
    select
        *,
        cast(missing_start_at as date) as missing_start_date,
        cast(missing_end_at as date) as missing_end_date
    from sent_last
)

select * from with_days
