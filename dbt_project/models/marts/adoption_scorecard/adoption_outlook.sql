with journeys as (
    select * from {{ ref('adoption_journeys') }}
),

thresholds as (
    select * from {{ ref('ref_adoption_thresholds') }}
),

scorecard as (
    select * from {{ ref('adoption_scorecard') }}
    where basis = 'computed' and status = 'final'
),

measures as (
    select named.measure_id
    from (
        values ('A1'), ('A2'), ('A10')
    ) as named (measure_id)
),

-- Next year the children of the oldest year leave the three years; those now on the way may join.
days_next as (
    select
        journeys.area_code,
        journeys.period_label,
        journeys.period_start,
        journeys.period_end,
        measures.measure_id,
        case measures.measure_id
            when 'A1' then journeys.a1_days
            when 'A2' then journeys.a2_days
            else journeys.a10_days
        end as known_days,
        case measures.measure_id
            when 'A1' then journeys.assumed_a1_days
            when 'A2' then journeys.assumed_a2_days
            else journeys.assumed_a10_days
        end as assumed_days,
        coalesce(
            journeys.adoption_date
            < cast({{ dbt.dateadd('month', 12, 'journeys.period_start') }} as date),
            false
        ) as is_leaving
    from journeys
    cross join measures
),

averages as (
    select
        area_code,
        period_label,
        period_start,
        period_end,
        measure_id,
        'oldest year leaves' as scenario,
        avg(known_days) as value,
        count(known_days) as children,
        cast(0 as bigint) as children_assumed
    from days_next
    where not is_leaving
    group by all
    union all
    select
        area_code,
        period_label,
        period_start,
        period_end,
        measure_id,
        'children on the way are adopted' as scenario,
        avg(coalesce(known_days, assumed_days)) as value,
        count(coalesce(known_days, assumed_days)) as children,
        count(assumed_days) as children_assumed
    from days_next
    where not is_leaving
    group by all
),

outlook as (
    select
        averages.area_code,
        averages.measure_id,
        averages.period_label,
        {{ three_years_label(dbt.dateadd('month', 12, 'averages.period_end')) }}
            as next_period_label,
        averages.scenario,
        scorecard.value as value_now,
        cast(averages.value as double) as value,
        averages.children,
        averages.children_assumed,
        cast(averages.value - scorecard.value as double) as change,
        thresholds.threshold,
        averages.value <= thresholds.threshold as meets_threshold
    from averages
    inner join scorecard
        on averages.area_code = scorecard.area_code
            and averages.measure_id = scorecard.measure_id
            and averages.period_label = scorecard.period_label
    left join thresholds
        on averages.measure_id = thresholds.measure_id
            and cast({{ dbt.dateadd('month', 12, 'averages.period_end') }} as date) between
            thresholds.valid_from
            and coalesce(thresholds.valid_to, cast('9999-12-31' as date))
)

select * from outlook
