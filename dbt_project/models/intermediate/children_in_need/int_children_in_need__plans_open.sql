with month_ends as (
    select * from {{ ref('int_returns__month_ends') }}
    where return_name = 'cin_census'
),

plans as (
    select * from {{ ref('int_children_in_need__protection_plans') }}
),

open_on_day as (
    select
        month_ends.area_code,
        month_ends.month_label,
        month_ends.month_start,
        month_ends.month_end,
        month_ends.is_year_end,
        month_ends.is_past,
        plans.la_code,
        plans.period_label,
        plans.period_start,
        plans.period_end,
        plans.child_id,
        plans.plan_start_date,
        plans.latest_abuse_category_code,
        plans._delivery_id,
        plans._source_file,
        plans._source_line
    from plans
    inner join month_ends
        on plans.la_code = month_ends.la_code
            and plans.period_label = month_ends.year_label
            and plans.plan_start_date <= month_ends.month_end
            and (plans.plan_end_date is null or plans.plan_end_date > month_ends.month_end)
    where month_ends.is_past or month_ends.is_year_end
),

-- A child has one plan at a time: of two that overlap the later one counts.
one_of_a_child as (
    select * from open_on_day
    qualify row_number() over (
            partition by la_code, period_label, child_id, month_end
            order by plan_start_date desc
        ) = 1
),

timed as (
    select
        *,
        cast({{ dbt.datediff('plan_start_date', 'month_end', 'day') }} as integer) as open_days,
        cast({{ dbt.dateadd('year', -1, 'month_end') }} as date) as a_year_before,
        cast({{ dbt.dateadd('year', -2, 'month_end') }} as date) as two_years_before
    from one_of_a_child
),

-- The Department's first band ends after 91 days (definitions: NI 67 uses days); half a year is
-- 183 days as for reviews; years go by the calendar.
banded as (
    select
        *,
        case
            when plan_start_date <= two_years_before then 'Over 2 years'
            when plan_start_date <= a_year_before then '1-2 years'
            when open_days > 183 then '6-12 months'
            when open_days > 91 then '3-6 months'
            else 'Under 3 months'
        end as duration
    from timed
)

select * from banded
