with periods as (
    select * from {{ ref('int_adoption__scorecard_periods') }}
),

decisions as (
    select * from {{ ref('int_looked_after__adoption_decisions') }}
),

periods_of_care as (
    select * from {{ ref('int_looked_after__periods_of_care') }}
    where not is_short_break
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

care_ends as (
    select
        la_code,
        child_id,
        period_start as returned_year_start,
        care_end_date,
        last_end_reason_code
    from periods_of_care
    where is_end_returned and care_end_date between period_start and period_end
),

years_in_care as (
    select distinct
        la_code,
        child_id,
        period_start as returned_year_start,
        period_end as returned_year_end
    from histories
    where is_in_return
),

-- Care that ends ends the decision: with an order, or without one.
ended_with_care as (
    select
        decisions.la_code,
        decisions.period_label,
        decisions.child_id,
        decisions.decision_date,
        min(care_ends.care_end_date) as care_end_date,
        min_by(care_ends.last_end_reason_code, care_ends.care_end_date) as care_end_reason_code
    from decisions
    inner join care_ends
        on decisions.la_code = care_ends.la_code
            and decisions.child_id = care_ends.child_id
            and decisions.period_start >= care_ends.returned_year_start
            and decisions.decision_date <= care_ends.care_end_date
    group by all
),

-- A child whom later returns no longer have was last known about when the last that does closed.
last_seen as (
    select
        decisions.la_code,
        decisions.period_label,
        decisions.child_id,
        decisions.decision_date,
        max(years_in_care.returned_year_end) as last_seen_date
    from decisions
    inner join years_in_care
        on decisions.la_code = years_in_care.la_code
            and decisions.child_id = years_in_care.child_id
            and decisions.period_start >= years_in_care.returned_year_start
    group by all
),

with_end as (
    select
        decisions.*,
        ended_with_care.care_end_reason_code,
        coalesce(
            ended_with_care.care_end_date is null
            or decisions.reversal_date <= ended_with_care.care_end_date,
            false
        )
        and decisions.reversal_date <= decisions.period_end as is_reversed,
        coalesce(
            least(decisions.reversal_date, ended_with_care.care_end_date),
            case
                when last_seen.last_seen_date < decisions.period_end then last_seen.last_seen_date
            end
        ) as end_date
    from decisions
    left join ended_with_care
        on decisions.la_code = ended_with_care.la_code
            and decisions.period_label = ended_with_care.period_label
            and decisions.child_id = ended_with_care.child_id
            and decisions.decision_date = ended_with_care.decision_date
    left join last_seen
        on decisions.la_code = last_seen.la_code
            and decisions.period_label = last_seen.period_label
            and decisions.child_id = last_seen.child_id
            and decisions.decision_date = last_seen.decision_date
),

-- In force on some day of the period: as the return of its last year knows.
in_periods as (
    select
        periods.area_code,
        periods.la_code,
        periods.period_type,
        periods.period_label,
        periods.period_start,
        periods.period_end,
        with_end.child_id,
        with_end.decision_date,
        with_end.end_date,
        coalesce(with_end.is_reversed, false) as is_reversed,
        with_end.reversal_reason_code,
        coalesce(with_end.care_end_reason_code in ('E1', 'E11', 'E12'), false)
        and not coalesce(with_end.is_reversed, false) as is_adopted,
        with_end._delivery_id,
        with_end._source_file,
        with_end._source_line
    from periods
    inner join with_end
        on periods.la_code = with_end.la_code
            and periods.year_label = with_end.period_label
    where
        with_end.decision_date <= periods.period_end
        and coalesce(with_end.end_date >= periods.period_start, true)
)

select * from in_periods
