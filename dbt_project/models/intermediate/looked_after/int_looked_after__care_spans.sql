with returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

-- A child is in one place a night: where episodes overlap, the one that began later has it.
without_overlaps as (
    select
        *,
        coalesce(placement_type_code in ('T0', 'T1', 'T2', 'T3', 'T4'), false) as is_temporary,
        least(
            coalesce(episode_end_date, cast('9999-12-31' as date)),
            coalesce(
                lead(episode_start_date) over (
                    partition by la_code, period_label, child_id
                    order by episode_number
                ),
                cast('9999-12-31' as date)
            )
        ) as last_night_before
    from histories
    where not is_short_break and not is_without_night
),

with_main_number as (
    select
        *,
        sum(case when is_temporary then 0 else 1 end) over (
            partition by la_code, period_label, child_id
            order by episode_number
            rows between unbounded preceding and current row
        ) as main_number
    from without_overlaps
),

-- A temporary stay is part of the placement the child left for it (edge case 119); where none is
-- known, of the one the child went to.
with_main_episode as (
    select
        *,
        first_value(episode_number) over main_placement as main_episode_number,
        first_value(coalesce(placement_type_code, '')) over main_placement
            as main_placement_type_code,
        first_value(coalesce(placement_provider_code, '')) over main_placement
            as main_placement_provider_code
    from with_main_number
    window main_placement as (
        partition by la_code, period_label, child_id, greatest(main_number, 1)
        order by is_temporary asc, episode_number asc
        rows between unbounded preceding and current row
    )
),

in_year as (
    select
        returns.area_code,
        with_main_episode.la_code,
        with_main_episode.period_label,
        with_main_episode.period_start,
        with_main_episode.period_end,
        with_main_episode.child_id,
        with_main_episode.episode_number,
        with_main_episode.main_episode_number,
        with_main_episode.main_placement_type_code,
        with_main_episode.main_placement_provider_code,
        with_main_episode.is_temporary,
        greatest(with_main_episode.episode_start_date, with_main_episode.period_start)
            as span_start_date,
        least(
            with_main_episode.last_night_before,
            cast({{ dbt.dateadd('day', 1, 'returns.known_until') }} as date)
        ) as span_end_date,
        with_main_episode._delivery_id,
        with_main_episode._source_file,
        with_main_episode._source_line
    from with_main_episode
    inner join returns
        on with_main_episode.la_code = returns.la_code
            and with_main_episode.period_label = returns.period_label
    where with_main_episode.is_in_return
),

spans as (
    select
        *,
        cast({{ dbt.datediff('span_start_date', 'span_end_date', 'day') }} as integer)
            as night_count
    from in_year
    where span_start_date < span_end_date
)

select * from spans
