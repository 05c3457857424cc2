with periods as (
    select * from {{ ref('int_adoption__scorecard_periods') }}
),

journeys as (
    select * from {{ ref('int_looked_after__adoption_journeys') }}
),

children as (
    select * from {{ ref('int_looked_after__children') }}
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

thresholds as (
    select * from {{ ref('ref_adoption_thresholds') }}
    where measure_id = 'A1'
),

-- Every adoption of the period's years, and who was still on the way when the last of them ended.
in_periods as (
    select
        periods.period_type,
        periods.period_label as scorecard_label,
        periods.period_start as scorecard_start,
        periods.period_end as scorecard_end,
        thresholds.threshold as limit_days,
        coalesce(
            not journeys.is_entry_known and journeys.care_start_date < periods.returns_begin, false
        ) as is_entry_before_returns,
        journeys.*
    from periods
    inner join journeys
        on periods.la_code = journeys.la_code
            and journeys.period_start between periods.period_start and periods.period_end
            and (
                journeys.journey_stage = 'adopted'
                or periods.year_label = journeys.period_label
            )
    left join thresholds
        on periods.period_end between
            thresholds.valid_from
            and coalesce(thresholds.valid_to, cast('9999-12-31' as date))
),

described as (
    select
        in_periods.area_code,
        in_periods.la_code,
        in_periods.period_type,
        in_periods.scorecard_label as period_label,
        in_periods.scorecard_start as period_start,
        in_periods.scorecard_end as period_end,
        in_periods.period_label as year_label,
        in_periods.child_id,
        in_periods.journey_stage,
        in_periods.limit_days,
        in_periods.is_entry_before_returns,
        in_periods.is_entry_known,
        children.ethnicity_code,
        histories.legal_status_code,
        in_periods.care_start_date,
        in_periods.decision_date,
        in_periods.reversal_date,
        in_periods.placement_order_date,
        in_periods.match_date,
        in_periods.first_with_adopters_date,
        in_periods.moved_in_date,
        in_periods.adoption_date,
        in_periods.is_by_foster_carer,
        in_periods.entry_to_moving_in_days,
        in_periods.entry_to_adopters_days,
        in_periods.entry_to_decision_days,
        in_periods.decision_to_order_days,
        in_periods.order_to_match_days,
        in_periods.match_to_moving_in_days,
        in_periods.moving_in_to_adoption_days,
        in_periods.waiting_days,
        in_periods.age_at_adoption,
        in_periods._delivery_id,
        in_periods._source_file,
        in_periods._source_line
    from in_periods
    left join children
        on in_periods.la_code = children.la_code
            and in_periods.period_label = children.period_label
            and in_periods.child_id = children.child_id
    left join histories
        on in_periods.la_code = histories.la_code
            and in_periods.period_label = histories.period_label
            and in_periods.child_id = histories.child_id
            and in_periods.episode_number = histories.episode_number
)

select * from described
