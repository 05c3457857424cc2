with reviews as (
    select * from {{ ref('stg_ssda903__reviews') }}
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

-- A child has one review a day; where a file holds two, its last line counts.
newest_rows as (
    select * from reviews
    where child_id is not null and review_date is not null and review_date <= period_end
    qualify row_number() over (
            partition by la_code, period_label, child_id, review_date
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
        newest_rows.review_date,
        newest_rows.participation_code,
        coalesce(max(histories.episode_number), 0) as episode_number,
        newest_rows._delivery_id,
        newest_rows._source_file,
        newest_rows._source_line
    from newest_rows
    left join histories
        on newest_rows.la_code = histories.la_code
            and newest_rows.period_label = histories.period_label
            and newest_rows.child_id = histories.child_id
            and newest_rows.review_date >= histories.episode_start_date
    group by all
)

select * from with_episode
