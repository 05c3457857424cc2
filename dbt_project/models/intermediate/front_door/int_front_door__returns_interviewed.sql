with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'missing_children'
),

missing_episodes as (
    select * from {{ ref('int_front_door__missing_episodes') }}
),

interviews as (
    select * from {{ ref('stg_missing_children__return_interviews') }}
),

-- An episode belongs to the year in which the child came back. Where two years' returns hold it,
-- the later one counts: the earlier may have been sent while the child was missing.
ended as (
    select * from missing_episodes
    where missing_end_at is not null
    qualify row_number() over (
            partition by la_code, missing_episode_id
            order by period_start desc
        ) = 1
),

in_year as (
    select
        ended.la_code,
        years.area_code,
        years.period_label,
        years.period_start,
        years.period_end,
        ended.missing_episode_id,
        ended.child_id,
        ended.missing_end_at,
        ended.missing_end_date,
        ended.placement_type,
        ended.social_care_status,
        ended._delivery_id,
        ended._source_file,
        ended._source_line
    from ended
    inner join years
        on ended.la_code = years.la_code
            and ended.missing_end_date >= years.period_start
            and ended.missing_end_date <= years.period_end
),

-- An interview before the child came back is of another episode, or a fault. One dated by the day
-- of the return alone, at its midnight, is not before it.
first_interviews as (
    select
        in_year.la_code,
        in_year.missing_episode_id,
        min(
            case
                when
                    interviews.offered_at >= in_year.missing_end_at
                    or interviews.offered_at = in_year.missing_end_date
                    then interviews.offered_at
            end
        ) as offered_at,
        min(
            case
                when
                    interviews.interviewed_at >= in_year.missing_end_at
                    or interviews.interviewed_at = in_year.missing_end_date
                    then interviews.interviewed_at
            end
        ) as interviewed_at
    from in_year
    inner join interviews
        on in_year.la_code = interviews.la_code
            and in_year.missing_episode_id = interviews.missing_episode_id
            and in_year.child_id = interviews.child_id
    group by all
),

timed as (
    select
        in_year.*,
        first_interviews.offered_at,
        first_interviews.interviewed_at,
        {{ is_within_72_hours('in_year.missing_end_at', 'first_interviews.offered_at') }}
            as is_offered_in_time,
        {{ is_within_72_hours('in_year.missing_end_at', 'first_interviews.interviewed_at') }}
            as is_interviewed_in_time
    from in_year
    left join first_interviews
        on in_year.la_code = first_interviews.la_code
            and in_year.missing_episode_id = first_interviews.missing_episode_id
)

select * from timed
