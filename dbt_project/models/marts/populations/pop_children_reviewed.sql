with children as (
    select * from {{ ref('int_looked_after__children_on_31_march') }}
    where not is_short_break
),

review_due_dates as (
    select * from {{ ref('int_looked_after__review_due_dates') }}
    where is_due_in_year
),

descriptions as (
    select * from {{ ref('int_looked_after__descriptions') }}
),

due_in_year as (
    select
        la_code,
        period_label,
        child_id,
        count(*) as review_due_count,
        count(*) filter (where is_late) as review_late_count,
        min(due_date) filter (where is_late) as first_missed_due_date
    from review_due_dates
    group by all
),

members as (
    select
        concat(children.la_code, ':', children.period_label, ':', children.child_id)
            as member_id,
        children.area_code,
        children.la_code,
        children.period_label,
        children.period_start,
        children.period_end,
        children.child_id,
        children.period_end as counted_on,
        {{ described_on('children.period_end') }},
        due_in_year.child_id is not null as has_review_due,
        coalesce(due_in_year.review_late_count = 0, false) as has_reviews_in_time,
        cast(coalesce(due_in_year.review_due_count, 0) as integer) as review_due_count,
        cast(coalesce(due_in_year.review_late_count, 0) as integer) as review_late_count,
        due_in_year.first_missed_due_date,
        case
            when due_in_year.child_id is null then 'No review was due in the year'
            when due_in_year.review_late_count = 0 then 'Every review due was held in time'
            else 'A review due was held late or not at all'
        end as reason,
        children._delivery_id,
        children._source_file,
        children._source_line
    from children
    inner join descriptions
        on children.la_code = descriptions.la_code
            and children.period_label = descriptions.period_label
            and children.child_id = descriptions.child_id
            and children.episode_number = descriptions.episode_number
    left join due_in_year
        on children.la_code = due_in_year.la_code
            and children.period_label = due_in_year.period_label
            and children.child_id = due_in_year.child_id
)

select * from members
