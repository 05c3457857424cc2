with children as (
    select * from {{ ref('int_looked_after__children_on_31_march') }}
    where not is_short_break
),

returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

placements as (
    select * from {{ ref('int_looked_after__placements') }}
),

reviews as (
    select * from {{ ref('int_looked_after__reviews') }}
),

entry_days as (
    select * from {{ ref('int_looked_after__entry_days') }}
),

first_returns as (
    select
        la_code,
        min(period_start) as reviews_known_from
    from returns
    where has_reviews_table
    group by all
),

-- A clock starts with care, anew when an order lets the council place the child for adoption, and
-- again when the child moves in with adopters (SI 2005/389 regulation 36).
clocks as (
    select
        la_code,
        period_label,
        child_id,
        care_start_date as point_date,
        'care' as clock,
        1 as clock_rank
    from children
    union all
    select
        children.la_code,
        children.period_label,
        children.child_id,
        min(histories.episode_start_date) as point_date,
        'authority' as clock,
        2 as clock_rank
    from children
    inner join histories
        on children.la_code = histories.la_code
            and children.period_label = histories.period_label
            and children.child_id = histories.child_id
            and children.care_start_date <= histories.episode_start_date
    where histories.legal_status_code in ('D1', 'E1') and {{ reading('adoption_restarts_reviews') }}
    group by all
    union all
    select
        children.la_code,
        children.period_label,
        children.child_id,
        placements.moved_in_date as point_date,
        'adopters' as clock,
        3 as clock_rank
    from children
    inner join placements
        on children.la_code = placements.la_code
            and children.period_label = placements.period_label
            and children.child_id = placements.child_id
            and children.care_start_date <= placements.moved_in_date
    where {{ reading('adoption_restarts_reviews') }}
),

started_clocks as (
    select * from clocks
    qualify row_number() over (
            partition by la_code, period_label, child_id, point_date
            order by clock_rank desc
        ) = 1
),

points as (
    select
        la_code,
        period_label,
        child_id,
        point_date,
        clock
    from started_clocks
    union all
    select
        children.la_code,
        children.period_label,
        children.child_id,
        reviews.review_date as point_date,
        cast(null as {{ dbt.type_string() }}) as clock
    from children
    inner join reviews
        on children.la_code = reviews.la_code
            and children.child_id = reviews.child_id
            and children.period_start >= reviews.period_start
            and children.care_start_date < reviews.review_date
            and children.known_until >= reviews.review_date
),

-- A review on the day a clock starts belongs to the clock before.
with_clock_number as (
    select
        *,
        count(clock) over (
            partition by la_code, period_label, child_id
            order by point_date asc, clock asc nulls first
            rows between unbounded preceding and current row
        ) as clock_number,
        min(case when clock is null then point_date end) over later_points as held_date,
        min(case when clock is not null then point_date end) over later_points as next_clock_date
    from points
    window later_points as (
        partition by la_code, period_label, child_id
        order by point_date asc, clock asc nulls first
        rows between 1 following and unbounded following
    )
),

with_review_number as (
    select
        *,
        max(clock) over clock_points as running_clock,
        min(point_date) over clock_points as clock_date,
        row_number() over (
            partition by la_code, period_label, child_id, clock_number
            order by point_date asc, clock asc nulls last
        ) as place_in_clock,
        min(case when clock is null then point_date end) over clock_points as first_review_date
    from with_clock_number
    window clock_points as (partition by la_code, period_label, child_id, clock_number)
),

-- Of a child in care before the first return, reviews held before it are not known: the first one
-- known is taken for a later one, unless it was held in the child's first three months.
with_review_place as (
    select
        with_review_number.*,
        with_review_number.place_in_clock
        + case
            when
                with_review_number.place_in_clock > 1
                and with_review_number.running_clock = 'care'
                and with_review_number.clock_date < first_returns.reviews_known_from
                and with_review_number.first_review_date
                > cast({{ dbt.dateadd('month', 3, 'with_review_number.clock_date') }} as date)
                then 1
            else 0
        end as due_review_number
    from with_review_number
    left join first_returns on with_review_number.la_code = first_returns.la_code
),

with_limit as (
    select
        *,
        case
            when running_clock = 'authority' and due_review_number = 1 then 'three months'
            when running_clock = 'authority' then 'six months'
            when
                due_review_number = 1
                and running_clock = 'care'
                and clock_date >= cast('2011-04-01' as date)
                then 'twenty working days'
            when due_review_number = 1 then 'four weeks'
            when due_review_number = 2 then 'three months'
            else 'six months'
        end as time_limit,
        '{{ reading("review_month_rule") }}' = 'days' as is_month_in_days
    from with_review_place
),

with_due_date as (
    select
        children.la_code,
        children.period_label,
        children.period_start,
        children.period_end,
        children.known_until,
        children.child_id,
        with_limit.running_clock as clock,
        cast(with_limit.due_review_number as integer) as review_number,
        with_limit.point_date as counted_from_date,
        with_limit.held_date,
        with_limit.next_clock_date,
        case
            when with_limit.time_limit = 'twenty working days'
                then entry_days.twentieth_working_day
            when with_limit.time_limit = 'four weeks'
                then cast({{ dbt.dateadd('day', 28, 'with_limit.point_date') }} as date)
            when with_limit.time_limit = 'three months' and with_limit.is_month_in_days
                then cast({{ dbt.dateadd('day', 91, 'with_limit.point_date') }} as date)
            when with_limit.time_limit = 'three months'
                then cast({{ dbt.dateadd('month', 3, 'with_limit.point_date') }} as date)
            when with_limit.is_month_in_days
                then cast({{ dbt.dateadd('day', 183, 'with_limit.point_date') }} as date)
            else cast({{ dbt.dateadd('month', 6, 'with_limit.point_date') }} as date)
        end as due_date
    from children
    inner join with_limit
        on children.la_code = with_limit.la_code
            and children.period_label = with_limit.period_label
            and children.child_id = with_limit.child_id
    left join entry_days on with_limit.point_date = entry_days.care_start_date
),

-- A new clock takes the place of a review not yet due. A review that fell due in an earlier year
-- counted there, unless it was not held by the end of this one either.
due_dates as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        clock,
        review_number,
        counted_from_date,
        due_date,
        held_date,
        due_date <= known_until
        and (due_date >= period_start or held_date is null) as is_due_in_year,
        coalesce(held_date > due_date, true) as is_late
    from with_due_date
    where next_clock_date is null or due_date < next_clock_date
)

select * from due_dates
