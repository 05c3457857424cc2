with returned as (
    select * from {{ ref('int_front_door__returns_interviewed') }}
),

children as (
    select * from {{ ref('int_front_door__children') }}
),

described as (
    select
        returned.*,
        children.date_of_birth,
        cast({{ age_in_years('children.date_of_birth', 'returned.missing_end_date') }} as integer)
            as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from returned
    left join children
        on returned.la_code = children.la_code
            and returned.child_id = children.child_id
),

members as (
    select
        concat(la_code, ':', period_label, ':', missing_episode_id) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        missing_end_date as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        placement_type,
        social_care_status,
        true as is_return_from_missing,
        offered_at is not null as is_interview_offered,
        coalesce(is_offered_in_time, false) as is_interview_offered_in_time,
        interviewed_at is not null as is_interviewed,
        coalesce(is_interviewed_in_time, false) as is_interviewed_in_time,
        case
            when is_interviewed_in_time then 'Interviewed within 72 hours.'
            when interviewed_at is not null then 'Interviewed after 72 hours.'
            when offered_at is not null then 'Offered an interview, none held.'
            else 'No interview offered.'
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
