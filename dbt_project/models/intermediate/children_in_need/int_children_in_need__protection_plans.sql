with plans as (
    select * from {{ ref('stg_cin_census__protection_plans') }}
),

-- A plan that ends on the day it starts, or before, is none (rule 8840, edge case 49). Of two
-- records of one plan the last line counts.
newest_rows as (
    select * from plans
    where
        child_id is not null
        and plan_start_date <= period_end
        and (plan_end_date is null or plan_end_date > plan_start_date)
    qualify row_number() over (
            partition by la_code, period_label, child_id, plan_start_date
            order by _source_line desc, _delivery_id desc
        ) = 1
),

-- Plans of the child that ended by the day this one starts, in the censuses up to the year's own:
-- a later census changes no figure, and a plan whose start was corrected is no plan before itself.
earlier_plans as (
    select
        newest_rows.la_code,
        newest_rows.period_label,
        newest_rows.child_id,
        newest_rows.plan_start_date,
        count(distinct earlier.plan_start_date) as earlier_plan_count,
        max(earlier.plan_end_date) as earlier_plan_end_date
    from newest_rows
    inner join newest_rows as earlier
        on newest_rows.la_code = earlier.la_code
            and newest_rows.child_id = earlier.child_id
            and newest_rows.plan_start_date >= earlier.plan_end_date
            and newest_rows.period_start >= earlier.period_start
    group by all
),

described as (
    select
        newest_rows.la_code,
        newest_rows.period_label,
        newest_rows.period_start,
        newest_rows.period_end,
        newest_rows.child_id,
        newest_rows.referral_date,
        newest_rows.plan_start_date,
        case
            when newest_rows.plan_end_date <= newest_rows.period_end
                then newest_rows.plan_end_date
        end as plan_end_date,
        newest_rows.initial_abuse_category_code,
        newest_rows.latest_abuse_category_code,
        greatest(
            coalesce(newest_rows.previous_plan_count, 0),
            coalesce(earlier_plans.earlier_plan_count, 0)
        ) as previous_plan_count,
        earlier_plans.earlier_plan_end_date,
        newest_rows._delivery_id,
        newest_rows._source_file,
        newest_rows._source_line
    from newest_rows
    left join earlier_plans
        on newest_rows.la_code = earlier_plans.la_code
            and newest_rows.period_label = earlier_plans.period_label
            and newest_rows.child_id = earlier_plans.child_id
            and newest_rows.plan_start_date = earlier_plans.plan_start_date
)

select * from described
