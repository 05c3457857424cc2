with decisions as (
    select * from {{ ref('int_adoption__decisions') }}
    where period_type = 'financial_year'
),

journeys as (
    select * from {{ ref('int_adoption__journeys') }}
    where period_type = 'financial_year'
),

-- What the newest return that has a decision, or a journey, says of it.
newest_decisions as (
    select * from decisions
    qualify row_number() over (
            partition by la_code, child_id, decision_date
            order by period_start desc
        ) = 1
),

newest_journeys as (
    select * from journeys
    where decision_date is not null
    qualify row_number() over (
            partition by la_code, child_id, decision_date
            order by period_start desc
        ) = 1
),

dated as (
    select
        newest_decisions.area_code,
        newest_decisions.la_code,
        newest_decisions.child_id,
        newest_decisions.decision_date,
        newest_journeys.placement_order_date,
        newest_decisions.end_date,
        case
            when newest_decisions.is_reversed then 'reversed'
            when newest_decisions.is_adopted then 'adopted'
            when newest_decisions.end_date is not null then 'care ended'
        end as how_ended,
        case
            when newest_journeys.moved_in_date <= newest_decisions.decision_date
                then newest_decisions.decision_date
            when newest_journeys.moved_in_date > newest_decisions.end_date then null
            else newest_journeys.moved_in_date
        end as placed_date,
        newest_decisions._delivery_id,
        newest_decisions._source_file,
        newest_decisions._source_line
    from newest_decisions
    left join newest_journeys
        on newest_decisions.la_code = newest_journeys.la_code
            and newest_decisions.child_id = newest_journeys.child_id
            and newest_decisions.decision_date = newest_journeys.decision_date
),

spans as (
    select
        *,
        'waiting' as pipeline_stage,
        decision_date as from_date,
        coalesce(placed_date, end_date) as until_date,
        case when placed_date is not null then 'placed' else how_ended end as ended_by
    from dated
    where placed_date is null or placed_date > decision_date
    union all
    select
        *,
        'placed' as pipeline_stage,
        placed_date as from_date,
        end_date as until_date,
        how_ended as ended_by
    from dated
    where placed_date is not null
),

pipeline as (
    select
        area_code,
        la_code,
        child_id,
        decision_date,
        placement_order_date,
        pipeline_stage,
        from_date,
        until_date,
        ended_by,
        _delivery_id,
        _source_file,
        _source_line
    from spans
)

select * from pipeline
