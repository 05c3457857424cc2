with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'cin_census'
),

conferences as (
    select * from {{ ref('int_children_in_need__initial_conferences') }}
),

children as (
    select * from {{ ref('int_children_in_need__children') }}
),

described as (
    select
        conferences.*,
        conferences.enquiry_start_date is not null
        and not conferences.is_flagged_not_required
        and conferences.working_days >= 0 as is_timed,
        years.area_code,
        children.date_of_birth,
        cast({{ age_in_years('children.date_of_birth', 'conferences.conference_date') }} as integer)
            as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from conferences
    inner join years
        on conferences.la_code = years.la_code
            and conferences.period_label = years.period_label
    left join children
        on conferences.la_code = children.la_code
            and conferences.period_label = children.period_label
            and conferences.child_id = children.child_id
),

members as (
    select
        concat(
            la_code,
            ':',
            period_label,
            ':',
            child_id,
            ':',
            cast(conference_date as {{ dbt.type_string() }})
        ) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        conference_date as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        enquiry_start_date,
        true as is_initial_conference,
        is_timed as is_conference_after_enquiry,
        is_timed and working_days <= 15 as is_conference_in_time,
        case when is_timed then working_days end as conference_working_days,
        case
            when enquiry_start_date is null then 'Not timed: the child moved in.'
            when is_flagged_not_required then 'Not timed: flagged as not required.'
            when working_days < 0 then 'Not timed: held before the enquiry began.'
            else concat(cast(working_days as {{ dbt.type_string() }}), ' working days of 15.')
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
