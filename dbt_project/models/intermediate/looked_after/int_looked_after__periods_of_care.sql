with histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

-- Short breaks are a series of their own: care that follows them is a new period.
with_latest_end_before as (
    select
        *,
        max(coalesce(episode_end_date, cast('9999-12-31' as date))) over (
            partition by la_code, period_label, child_id, is_short_break
            order by episode_number
            rows between unbounded preceding and 1 preceding
        ) as latest_end_before
    from histories
),

-- Care that ends and starts again on one day went on (edge case 76).
with_period_number as (
    select
        *,
        sum(case when latest_end_before >= episode_start_date then 0 else 1 end) over (
            partition by la_code, period_label, child_id, is_short_break
            order by episode_number
            rows between unbounded preceding and current row
        ) as period_number
    from with_latest_end_before
),

-- A period ends with the episode that ends last. That is not always the one that started last:
-- a return can give the last one too early a start.
with_last_end as (
    select
        *,
        row_number() over (
            partition by la_code, period_label, child_id, is_short_break, period_number
            order by
                coalesce(episode_end_date, cast('9999-12-31' as date)) desc,
                episode_number desc
        ) = 1 as is_last_to_end
    from with_period_number
),

-- DuckDB's min_by passes over nulls, Spark's does not: hence the empty text.
periods as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        is_short_break,
        period_number,
        min(episode_start_date) as care_start_date,
        case
            when count(*) = count(episode_end_date) then max(episode_end_date)
        end as care_end_date,
        nullif(min_by(coalesce(start_reason_code, ''), episode_number), '')
            as first_start_reason_code,
        max(case when is_last_to_end then end_reason_code end) as last_end_reason_code,
        min(episode_number) as first_episode_number,
        max(episode_number) as last_episode_number,
        max(case when is_last_to_end then episode_number end) as ending_episode_number,
        bool_or(is_last_to_end and is_in_return) as is_end_returned,
        count(*) as episode_count,
        count(*) filter (
            where start_reason_code = 'S' and latest_end_before = episode_start_date
        ) > 0 as has_same_day_restart
    from with_last_end
    group by all
),

short_break_ends as (
    select distinct
        la_code,
        period_label,
        child_id,
        care_end_date,
        false as is_short_break
    from periods
    where is_short_break
),

with_breaks_before as (
    select
        periods.*,
        short_break_ends.child_id is not null as has_begun_as_short_breaks
    from periods
    left join short_break_ends
        on periods.is_short_break = short_break_ends.is_short_break
            and periods.la_code = short_break_ends.la_code
            and periods.period_label = short_break_ends.period_label
            and periods.child_id = short_break_ends.child_id
            and periods.care_start_date = short_break_ends.care_end_date
)

select * from with_breaks_before
