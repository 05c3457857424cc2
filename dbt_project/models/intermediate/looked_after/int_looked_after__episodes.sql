with episodes as (
    select * from {{ ref('stg_ssda903__episodes') }}
),

-- What can be laid on a calendar: a start in or before the year returned, no end before the start.
-- The rest is reported by validation, from staging.
datable as (
    select
        *,
        legal_status_code in ('V3', 'V4') and legal_status_code is not null as is_short_break,
        episode_end_date = episode_start_date and episode_end_date is not null as is_without_night
    from episodes
    where
        child_id is not null
        and episode_start_date <= period_end
        and (episode_end_date is null or episode_end_date >= episode_start_date)
),

-- A child has one episode from a day on. Where a file holds two, its last line counts; an episode
-- of no night is kept beside the one that follows it on the same day.
newest_rows as (
    select * from datable
    qualify row_number() over (
            partition by la_code, period_label, child_id, episode_start_date, is_without_night
            order by _source_line desc, _delivery_id desc
        ) = 1
),

numbered as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        row_number() over (
            partition by la_code, period_label, child_id
            order by episode_start_date asc, is_without_night desc
        ) as episode_number,
        episode_start_date,
        episode_end_date,
        start_reason_code,
        end_reason_code,
        legal_status_code,
        category_of_need_code,
        placement_type_code,
        placement_provider_code,
        home_postcode,
        placement_postcode,
        provider_urn,
        placement_distance_miles,
        is_short_break,
        is_without_night,
        episode_end_date is null or episode_end_date > period_end as is_open_at_period_end,
        _delivery_id,
        _source_file,
        _source_line
    from newest_rows
)

select * from numbered
