with cases_open as (
    select * from {{ ref('int_children_in_need__cases_open') }}
    where is_past
),

children as (
    select * from {{ ref('int_children_in_need__children') }}
),

described as (
    select
        cases_open.*,
        children.date_of_birth,
        cast({{ age_in_years('children.date_of_birth', 'cases_open.month_end') }} as integer)
            as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability,
        coalesce(children.disability_kind, 'Unknown') as disability_kind
    from cases_open
    left join children
        on cases_open.la_code = children.la_code
            and cases_open.period_label = children.period_label
            and cases_open.child_id = children.child_id
),

members as (
    select
        concat(la_code, ':', month_label, ':', child_id) as member_id,
        area_code,
        la_code,
        month_label as period_label,
        month_start as period_start,
        month_end as period_end,
        child_id,
        month_end as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        disability_kind,
        category_of_need,
        true as is_in_need,
        -- Code N2 of the census, which is the label's only source.
        category_of_need = 'Child''s disability or illness' as is_disabled_in_need,
        concat('Open since ', cast(referral_date as {{ dbt.type_string() }}), '.') as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
