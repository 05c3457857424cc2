with missing_episodes as (
    select * from {{ ref('stg_ssda903__missing_episodes') }}
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

-- One absence a child, day and kind; where a file holds two, its last line counts. What ended
-- before it began has no place in time and is reported by validation.
newest_rows as (
    select * from missing_episodes
    where
        child_id is not null
        and missing_start_date <= period_end
        and coalesce(missing_end_date >= missing_start_date, true)
    qualify row_number() over (
            partition by la_code, period_label, child_id, missing_start_date, missing_type_code
            order by _source_line desc, _delivery_id desc
        ) = 1
),

with_episode as (
    select
        newest_rows.la_code,
        newest_rows.period_label,
        newest_rows.period_start,
        newest_rows.period_end,
        newest_rows.child_id,
        newest_rows.missing_type_code,
        newest_rows.missing_start_date,
        newest_rows.missing_end_date,
        coalesce(max(histories.episode_number), 0) as episode_number,
        newest_rows._delivery_id,
        newest_rows._source_file,
        newest_rows._source_line
    from newest_rows
    left join histories
        on newest_rows.la_code = histories.la_code
            and newest_rows.period_label = histories.period_label
            and newest_rows.child_id = histories.child_id
            and newest_rows.missing_start_date >= histories.episode_start_date
    group by all
)

select * from with_episode
