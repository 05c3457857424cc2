with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'cin_census'
),

plans as (
    select * from {{ ref('int_children_in_need__plans_open') }}
    where is_year_end
),

reviews as (
    select * from {{ ref('stg_cin_census__protection_plan_reviews') }}
    where child_id is not null and review_date is not null
),

-- Reviews held up to 31 March, from the censuses up to the year's own (edge case 48). One on the
-- day the plan starts is none (rule 8841, edge case 47). 31 March itself is the last event: the
-- gap that leads to it is tested as well (edge case 46).
events as (
    select distinct
        plans.la_code,
        plans.period_label,
        plans.child_id,
        plans.plan_start_date,
        plans.month_end,
        reviews.review_date as event_date,
        true as is_review
    from plans
    inner join reviews
        on plans.la_code = reviews.la_code
            and plans.child_id = reviews.child_id
            and plans.plan_start_date = reviews.plan_start_date
            and plans.period_start >= reviews.period_start
            and plans.plan_start_date < reviews.review_date
            and plans.month_end >= reviews.review_date
    union all
    select
        la_code,
        period_label,
        child_id,
        plan_start_date,
        month_end,
        month_end as event_date,
        false as is_review
    from plans
),

with_event_before as (
    select
        *,
        lag(event_date) over (
            partition by la_code, period_label, child_id, plan_start_date
            order by event_date asc, is_review desc
        ) as review_before_date
    from events
),

-- The first review is due after three months, each later one after six, by days or by months.
with_allowance as (
    select
        *,
        coalesce(review_before_date, plan_start_date) as timed_from_date,
        case when review_before_date is null then 91 else 183 end as allowed_days,
        case when review_before_date is null then 3 else 6 end as allowed_months
    from with_event_before
),

-- Reviews before the first census landed are not known: of a gap that begins there only the part
-- since is tested.
with_due_dates as (
    select
        with_allowance.*,
        case
            when {{ reading('protection_review_limits_in_months') }}
                then cast(
                        {{ dbt.dateadd('month', 'allowed_months', 'timed_from_date') }} as date
                    )
            else cast({{ dbt.dateadd('day', 'allowed_days', 'timed_from_date') }} as date)
        end as stated_due_date,
        case
            when
                with_allowance.review_before_date is null
                and with_allowance.plan_start_date < years.known_from_date
                and with_allowance.event_date >= years.known_from_date
                then cast({{ dbt.dateadd('day', 182, 'years.known_from_date') }} as date)
        end as unknown_until_date
    from with_allowance
    inner join years
        on with_allowance.la_code = years.la_code
            and with_allowance.period_label = years.period_label
),

with_due_date as (
    select
        *,
        greatest(stated_due_date, coalesce(unknown_until_date, stated_due_date)) as due_date
    from with_due_dates
),

gaps as (
    select
        la_code,
        period_label,
        child_id,
        plan_start_date,
        cast(count(*) filter (where is_review) as integer) as review_count,
        max(case when is_review then event_date end) as last_review_date,
        min(case when event_date > due_date then due_date end) as first_missed_date
    from with_due_date
    group by all
)

select * from gaps
