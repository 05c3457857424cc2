with plans_open as (
    select * from {{ ref('int_children_in_need__plans_open') }}
    where is_year_end
),

plan_reviews as (
    select * from {{ ref('int_children_in_need__plan_reviews') }}
),

children as (
    select * from {{ ref('int_children_in_need__children') }}
),

described as (
    select
        plan_reviews.review_count,
        plan_reviews.last_review_date,
        plan_reviews.first_missed_date,
        plans_open.open_days >= 91 as is_due_review,
        plans_open.*,
        children.date_of_birth,
        cast({{ age_in_years('children.date_of_birth', 'plans_open.month_end') }} as integer)
            as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from plans_open
    left join children
        on plans_open.la_code = children.la_code
            and plans_open.period_label = children.period_label
            and plans_open.child_id = children.child_id
    left join plan_reviews
        on plans_open.la_code = plan_reviews.la_code
            and plans_open.period_label = plan_reviews.period_label
            and plans_open.child_id = plan_reviews.child_id
            and plans_open.plan_start_date = plan_reviews.plan_start_date
),

members as (
    select
        concat(la_code, ':', period_label, ':', child_id) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        month_end as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        duration,
        plan_start_date,
        true as is_on_plan,
        duration = 'Over 2 years' as is_on_plan_for_two_years,
        is_due_review as is_on_plan_for_91_days,
        is_due_review and first_missed_date is null as is_reviewed_in_time,
        open_days,
        coalesce(review_count, 0) as review_count,
        last_review_date,
        latest_abuse_category_code,
        case
            when not is_due_review then 'No review to judge: open for less than 91 days.'
            when first_missed_date is null then 'Every review in time.'
            else concat(
                    'No review by ', cast(first_missed_date as {{ dbt.type_string() }}), '.'
                )
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
