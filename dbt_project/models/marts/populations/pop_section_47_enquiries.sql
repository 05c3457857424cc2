with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'cin_census'
),

enquiries as (
    select * from {{ ref('int_children_in_need__enquiries') }}
),

children as (
    select * from {{ ref('int_children_in_need__children') }}
),

described as (
    select
        enquiries.*,
        years.area_code,
        children.date_of_birth,
        cast(
            {{ age_in_years('children.date_of_birth', 'enquiries.enquiry_start_date') }} as integer
        )
            as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from enquiries
    inner join years
        on enquiries.la_code = years.la_code
            and enquiries.period_label = years.period_label
    left join children
        on enquiries.la_code = children.la_code
            and enquiries.period_label = children.period_label
            and enquiries.child_id = children.child_id
),

members as (
    select
        concat(
            la_code, ':', period_label, ':', child_id, ':',
            cast(enquiry_start_date as {{ dbt.type_string() }})
        ) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        enquiry_start_date as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        true as is_enquiry,
        initial_conference_date is not null as is_followed_by_conference,
        is_flagged_not_required and initial_conference_date is null
            as is_without_need_for_conference,
        initial_conference_date,
        case
            when initial_conference_date is not null
                then concat(
                        'Conference on ',
                        cast(initial_conference_date as {{ dbt.type_string() }}),
                        '.'
                    )
            when is_flagged_not_required then 'No conference was needed.'
            else 'No conference by 31 March.'
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
