with returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

periods_of_care as (
    select * from {{ ref('int_looked_after__periods_of_care') }}
    where not is_short_break
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

placements as (
    select * from {{ ref('int_looked_after__placements') }}
),

decisions as (
    select * from {{ ref('int_looked_after__adoption_decisions') }}
),

adoptions as (
    select * from {{ ref('stg_ssda903__adoptions') }}
),

children as (
    select * from {{ ref('int_looked_after__children') }}
),

-- The period of care that ended in adoption in the year, else the one that goes on.
last_periods as (
    select
        *,
        coalesce(last_end_reason_code in ('E1', 'E11', 'E12'), false)
        and is_end_returned
        and care_end_date between period_start and period_end as is_adopted
    from periods_of_care
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by period_number desc
        ) = 1
),

-- Where the child lives, or lived when adopted, is the last placement that is no absence.
placements_of_period as (
    select
        last_periods.la_code,
        last_periods.period_label,
        last_periods.child_id,
        placements.placement_number,
        placements.placement_start_date,
        placements.moved_in_date,
        placements.first_carer_key,
        lag(placements.placement_start_date) over child_placements as start_date_before,
        lag(placements.last_carer_key) over child_placements as carer_key_before,
        lag(placements.placement_end_date) over child_placements as end_date_before,
        count(placements.moved_in_date) over child_placements
        - case when placements.moved_in_date is null then 0 else 1 end as adopters_before
    from last_periods
    inner join placements
        on last_periods.la_code = placements.la_code
            and last_periods.period_label = placements.period_label
            and last_periods.child_id = placements.child_id
            and last_periods.care_start_date <= placements.placement_start_date
    where not placements.is_temporary
    window child_placements as (
        partition by last_periods.la_code, last_periods.period_label, last_periods.child_id
        order by placements.placement_number
    )
),

last_placements as (
    select * from placements_of_period
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by placement_number desc
        ) = 1
),

placement_orders as (
    select
        last_periods.la_code,
        last_periods.period_label,
        last_periods.child_id,
        min(histories.episode_start_date) as placement_order_date
    from last_periods
    inner join histories
        on last_periods.la_code = histories.la_code
            and last_periods.period_label = histories.period_label
            and last_periods.child_id = histories.child_id
            and last_periods.care_start_date <= histories.episode_start_date
    where histories.legal_status_code in ('D1', 'E1')
    group by all
),

adoption_records as (
    select * from adoptions
    where child_id is not null
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by _source_line desc
        ) = 1
),

-- Of several decisions the one in force when the child moved in counts, else the newest in force,
-- else the newest.
chosen_decisions as (
    select
        decisions.*,
        coalesce(decisions.reversal_date > decisions.period_end, true) as is_in_force
    from decisions
    left join last_placements
        on decisions.la_code = last_placements.la_code
            and decisions.period_label = last_placements.period_label
            and decisions.child_id = last_placements.child_id
    qualify row_number() over (
            partition by decisions.la_code, decisions.period_label, decisions.child_id
            order by
                case
                    when
                        decisions.decision_date <= last_placements.moved_in_date
                        and coalesce(decisions.reversal_date > last_placements.moved_in_date, true)
                        then 0
                    else 1
                end asc,
                decisions.reversal_date desc nulls first,
                decisions.decision_date desc
        ) = 1
),

gathered as (
    select
        returns.area_code,
        last_periods.la_code,
        last_periods.period_label,
        last_periods.period_start,
        last_periods.period_end,
        last_periods.child_id,
        last_periods.ending_episode_number as episode_number,
        case
            when last_periods.is_adopted then 'adopted'
            when not chosen_decisions.is_in_force then 'decision reversed'
            when last_placements.moved_in_date is not null then 'placed'
            else 'waiting'
        end as journey_stage,
        last_periods.care_start_date,
        coalesce(last_periods.first_start_reason_code = 'S', false) as is_entry_known,
        coalesce(chosen_decisions.decision_date, adoption_records.adoption_decision_date)
            as decision_date,
        chosen_decisions.reversal_date,
        chosen_decisions.reversal_reason_code,
        placement_orders.placement_order_date,
        adoption_records.adoption_match_date as match_date,
        last_placements.moved_in_date,
        coalesce(
            adoption_records.foster_carer_adoption_code = '1'
            or adopting_episodes.placement_type_code in ('A3', 'A5'),
            false
        ) as is_by_foster_carer,
        last_placements.placement_start_date,
        last_placements.first_carer_key,
        last_placements.start_date_before,
        last_placements.carer_key_before,
        last_placements.end_date_before,
        coalesce(last_placements.adopters_before > 0, false) as has_disrupted_placement,
        case when last_periods.is_adopted then last_periods.care_end_date end as adoption_date,
        children.date_of_birth,
        adopting_episodes._delivery_id,
        adopting_episodes._source_file,
        adopting_episodes._source_line
    from last_periods
    inner join returns
        on last_periods.la_code = returns.la_code
            and last_periods.period_label = returns.period_label
    inner join histories as adopting_episodes
        on last_periods.la_code = adopting_episodes.la_code
            and last_periods.period_label = adopting_episodes.period_label
            and last_periods.child_id = adopting_episodes.child_id
            and last_periods.ending_episode_number = adopting_episodes.episode_number
    left join last_placements
        on last_periods.la_code = last_placements.la_code
            and last_periods.period_label = last_placements.period_label
            and last_periods.child_id = last_placements.child_id
    left join placement_orders
        on last_periods.la_code = placement_orders.la_code
            and last_periods.period_label = placement_orders.period_label
            and last_periods.child_id = placement_orders.child_id
    left join adoption_records
        on last_periods.la_code = adoption_records.la_code
            and last_periods.period_label = adoption_records.period_label
            and last_periods.child_id = adoption_records.child_id
    left join chosen_decisions
        on last_periods.la_code = chosen_decisions.la_code
            and last_periods.period_label = chosen_decisions.period_label
            and last_periods.child_id = chosen_decisions.child_id
    left join children
        on last_periods.la_code = children.la_code
            and last_periods.period_label = children.period_label
            and last_periods.child_id = children.child_id
    where
        last_periods.is_adopted
        or (
            adopting_episodes.is_open_at_period_end and chosen_decisions.child_id is not null
        )
),

-- A foster carer's adoption is counted from the day the child came to the carer (A10); where the
-- placement changed its code with a move to the same address, from the placement before it.
with_carer_start as (
    select
        *,
        case when is_entry_known then care_start_date end as entry_date,
        case
            when moved_in_date is null then null
            when not is_by_foster_carer then moved_in_date
            when
                placement_start_date = moved_in_date
                and end_date_before = placement_start_date
                and carer_key_before = first_carer_key
                then start_date_before
            else placement_start_date
        end as first_with_adopters_date
    from gathered
),

with_days as (
    select
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        episode_number,
        journey_stage,
        care_start_date,
        is_entry_known,
        decision_date,
        reversal_date,
        reversal_reason_code,
        placement_order_date,
        match_date,
        first_with_adopters_date,
        moved_in_date,
        adoption_date,
        is_by_foster_carer,
        has_disrupted_placement,
        cast({{ dbt.datediff('entry_date', 'moved_in_date', 'day') }} as integer)
            as entry_to_moving_in_days,
        cast({{ dbt.datediff('entry_date', 'first_with_adopters_date', 'day') }} as integer)
            as entry_to_adopters_days,
        cast({{ dbt.datediff('entry_date', 'decision_date', 'day') }} as integer)
            as entry_to_decision_days,
        cast({{ dbt.datediff('decision_date', 'placement_order_date', 'day') }} as integer)
            as decision_to_order_days,
        case
            when
                moved_in_date is not null
                and placement_order_date is not null
                and match_date is not null
                then cast(greatest(
                        {{ dbt.datediff('placement_order_date', 'match_date', 'day') }}, 0
                    ) as integer)
        end as order_to_match_days,
        cast({{ dbt.datediff('match_date', 'moved_in_date', 'day') }} as integer)
            as match_to_moving_in_days,
        cast({{ dbt.datediff('decision_date', 'moved_in_date', 'day') }} as integer)
            as decision_to_moving_in_days,
        cast({{ dbt.datediff('moved_in_date', 'adoption_date', 'day') }} as integer)
            as moving_in_to_adoption_days,
        case
            when adoption_date is null and moved_in_date is null
                then cast({{ dbt.datediff('entry_date', 'period_end', 'day') }} as integer)
        end as waiting_days,
        cast({{ age_in_years('date_of_birth', 'adoption_date') }} as integer) as age_at_adoption,
        _delivery_id,
        _source_file,
        _source_line
    from with_carer_start
)

select * from with_days
