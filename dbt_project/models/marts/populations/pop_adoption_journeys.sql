with journeys as (
    select * from {{ ref('int_adoption__journeys') }}
),

-- How long a child has waited: to moving in, or while still waiting to the end of the period.
with_wait as (
    select
        *,
        journey_stage in ('placed', 'waiting') as is_in_process,
        case
            when journey_stage in ('adopted', 'placed') then entry_to_moving_in_days
            when journey_stage = 'waiting' then waiting_days
        end as wait_days
    from journeys
),

judged as (
    select
        *,
        coalesce(wait_days >= 0, false)
        and limit_days is not null
        and not (
            '{{ reading("a3_short_waiters") }}' = 'left_out'
            and journey_stage = 'waiting'
            and coalesce(wait_days < limit_days, false)
        ) as is_wait_known,
        coalesce(wait_days >= 0 and wait_days < limit_days, false) as is_wait_short
    from with_wait
),

members as (
    select
        concat(la_code, ':', period_label, ':', year_label, ':', child_id) as member_id,
        area_code,
        la_code,
        period_type,
        period_label,
        period_start,
        period_end,
        year_label,
        child_id,
        coalesce(adoption_date, period_end) as counted_on,
        journey_stage,
        journey_stage = 'adopted' as is_adopted,
        journey_stage = 'adopted' and coalesce(entry_to_moving_in_days >= 0, false)
            as is_timed_to_moving_in,
        journey_stage = 'adopted' and order_to_match_days is not null as is_timed_to_match,
        (journey_stage = 'adopted' or is_in_process) and is_wait_known as is_in_wait_base,
        (journey_stage = 'adopted' or is_in_process) and is_wait_known and is_wait_short
            as has_waited_within_limit,
        journey_stage = 'adopted'
        and coalesce(
            ethnicity_code not in ('WBRI', 'WIRI', 'WOTH', 'REFU', 'NOBT'), false
        ) as is_black_or_minority_ethnic,
        journey_stage = 'adopted' and coalesce(age_at_adoption >= 5, false) as is_aged_5_or_over,
        journey_stage = 'waiting' as is_waiting_for_placement,
        journey_stage = 'waiting' and coalesce(legal_status_code = 'E1', false)
            as is_waiting_with_order,
        entry_to_moving_in_days,
        entry_to_adopters_days,
        order_to_match_days,
        cast(wait_days as integer) as wait_days,
        limit_days,
        age_at_adoption,
        case
            when journey_stage = 'decision reversed' then 'Decision reversed'
            when
                journey_stage in ('adopted', 'placed') and moved_in_date is null
                then 'Never placed for adoption'
            when is_entry_before_returns then 'Entered care before the returns landed begin'
            when not is_entry_known then 'Entering care is not in the returns'
            when wait_days < 0 then 'Moved in before entering care'
            when journey_stage = 'adopted' and placement_order_date is null
                then 'Adopted, without a placement order'
            when journey_stage = 'adopted' then 'Adopted'
            when journey_stage = 'placed' then 'Placed for adoption'
            else 'Waiting for a placement'
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from judged
)

select * from members
