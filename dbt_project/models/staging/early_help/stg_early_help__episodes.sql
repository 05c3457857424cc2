with episodes as (
    select * from {{ source('early_help', 'episodes') }}
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
        {{ clean_identifier('episodes.early_help_id') }} as early_help_id,
        {{ clean_identifier('episodes.child_id') }} as child_id,
        {{ parse_date('episodes.date_from') }} as early_help_start_date,
        {{ parse_date('episodes.date_to') }} as early_help_end_date,
        {{ clean_text('episodes.status') }} as status_text,
        {{ clean_text('episodes.source') }} as source_text,
        {{ clean_text('episodes.stage') }} as stage_text,
        {{ clean_text('episodes.outcome') }} as outcome_text,
        {{ month_of_part('deliveries_in_force.series') }} as reported_month,
        deliveries_in_force.received_at,
        episodes._delivery_id,
        episodes._source_file,
        episodes._source_line
    from episodes
    inner join deliveries_in_force
        on episodes._delivery_id = deliveries_in_force.delivery_id
),

sent_last as (
    select *
    from typed
    qualify {{ sent_last(key=['early_help_id'], newest_first=['reported_month']) }}
)

select * from sent_last
