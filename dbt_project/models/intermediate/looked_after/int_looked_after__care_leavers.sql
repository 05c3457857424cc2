with care_leavers as (
    select * from {{ ref('stg_ssda903__care_leavers') }}
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

activities as (
    select * from {{ ref('ref_care_leaver_activity') }}
),

-- One answer a young person and year; where a file holds two, its last line counts.
newest_rows as (
    select * from care_leavers
    where child_id is not null
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by _source_line desc, _delivery_id desc
        ) = 1
),

last_episodes as (
    select
        la_code,
        period_label,
        child_id,
        max(episode_number) as episode_number
    from histories
    group by all
),

answers as (
    select
        returns.area_code,
        newest_rows.la_code,
        newest_rows.period_label,
        newest_rows.period_start,
        newest_rows.period_end,
        newest_rows.child_id,
        coalesce(last_episodes.episode_number, 0) as episode_number,
        newest_rows.contact_code,
        newest_rows.activity_code,
        newest_rows.accommodation_code,
        coalesce(activities.activity, 'Unknown') as activity,
        newest_rows._delivery_id,
        newest_rows._source_file,
        newest_rows._source_line
    from newest_rows
    inner join returns
        on newest_rows.la_code = returns.la_code
            and newest_rows.period_label = returns.period_label
    left join last_episodes
        on newest_rows.la_code = last_episodes.la_code
            and newest_rows.period_label = last_episodes.period_label
            and newest_rows.child_id = last_episodes.child_id
    left join activities on newest_rows.activity_code = activities.code
)

select * from answers
