with journeys as (
    select * from {{ ref('int_adoption__journeys') }}
    where
        period_type = 'three_year'
        and coalesce(adoption_date, {{ as_at() }})
        <= {{ as_at() }}
),

members as (
    select * from {{ ref('pop_adoption_journeys') }}
    where period_type = 'three_year'
),

-- A child on the way is taken to be placed so many days after the period ends, and matched so many
-- before moving in: nobody knows, but an average needs a day.
with_assumption as (
    select
        journeys.*,
        members.is_timed_to_moving_in,
        members.is_timed_to_match,
        case
            when journeys.journey_stage = 'waiting'
                then cast({{ dbt.dateadd(
                    'day', reading('pipeline_days_to_placement'), 'journeys.period_end'
                ) }} as date)
            when journeys.journey_stage = 'placed' then journeys.moved_in_date
        end as assumed_moving_in_date
    from journeys
    inner join members
        on journeys.la_code = members.la_code
            and journeys.period_label = members.period_label
            and journeys.year_label = members.year_label
            and journeys.child_id = members.child_id
),

with_match as (
    select
        *,
        coalesce(
            match_date,
            cast({{ dbt.dateadd(
                'day', '-' ~ reading('pipeline_days_from_match'), 'assumed_moving_in_date'
            ) }} as date)
        ) as assumed_match_date,
        case when is_entry_known then care_start_date end as entry_date
    from with_assumption
),

with_days as (
    select
        *,
        case when is_timed_to_moving_in then entry_to_moving_in_days end as a1_days,
        case when is_timed_to_moving_in then entry_to_adopters_days end as a10_days,
        case when is_timed_to_match then order_to_match_days end as a2_days,
        case
            when journey_stage in ('placed', 'waiting')
                then {{ dbt.datediff('entry_date', 'assumed_moving_in_date', 'day') }}
        end as assumed_a1_days,
        case
            when journey_stage = 'placed' then entry_to_adopters_days
            when journey_stage = 'waiting'
                then {{ dbt.datediff('entry_date', 'assumed_moving_in_date', 'day') }}
        end as assumed_a10_days,
        case
            when journey_stage in ('placed', 'waiting') and placement_order_date is not null
                then greatest(
                        {{ dbt.datediff('placement_order_date', 'assumed_match_date', 'day') }}, 0
                    )
        end as assumed_a2_days,
        greatest(
            coalesce(entry_to_decision_days, 0),
            coalesce(decision_to_order_days, 0),
            coalesce(order_to_match_days, 0),
            coalesce(match_to_moving_in_days, 0),
            coalesce(moving_in_to_adoption_days, 0)
        ) as most_days
    from with_match
),

-- What a child adds to an average: how far it lies from what it would be without the child.
with_means as (
    select
        *,
        avg(a1_days) over of_period as a1_mean,
        count(a1_days) over of_period as a1_children,
        avg(a2_days) over of_period as a2_mean,
        count(a2_days) over of_period as a2_children
    from with_days
    window of_period as (partition by la_code, period_label)
),

told as (
    select
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        year_label,
        child_id,
        journey_stage,
        is_by_foster_carer,
        care_start_date,
        decision_date,
        placement_order_date,
        match_date,
        first_with_adopters_date,
        moved_in_date,
        adoption_date,
        entry_to_decision_days,
        decision_to_order_days,
        order_to_match_days,
        match_to_moving_in_days,
        moving_in_to_adoption_days,
        case
            when most_days <= 0 then null
            when entry_to_decision_days = most_days then 'entering care to decision'
            when decision_to_order_days = most_days then 'decision to placement order'
            when order_to_match_days = most_days then 'placement order to match'
            when match_to_moving_in_days = most_days then 'match to moving in'
            else 'moving in to adoption order'
        end as longest_stage,
        cast(a1_days as integer) as a1_days,
        cast(a10_days as integer) as a10_days,
        cast(a2_days as integer) as a2_days,
        cast((a1_days - a1_mean) / nullif(a1_children - 1, 0) as double) as added_to_a1,
        cast((a2_days - a2_mean) / nullif(a2_children - 1, 0) as double) as added_to_a2,
        assumed_moving_in_date,
        cast(assumed_a1_days as integer) as assumed_a1_days,
        cast(assumed_a10_days as integer) as assumed_a10_days,
        cast(assumed_a2_days as integer) as assumed_a2_days,
        _delivery_id,
        _source_file,
        _source_line
    from with_means
)

select * from told
