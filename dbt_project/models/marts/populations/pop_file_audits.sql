with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'file_audits'
),

audits as (
    select * from {{ ref('int_front_door__file_audits') }}
),

children as (
    select * from {{ ref('int_front_door__children') }}
),

described as (
    select
        audits.*,
        years.area_code,
        children.date_of_birth,
        cast({{ age_in_years('children.date_of_birth', 'audits.audit_date') }} as integer)
            as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from audits
    inner join years
        on audits.la_code = years.la_code
            and audits.period_label = years.period_label
    left join children
        on audits.la_code = children.la_code
            and audits.child_id = children.child_id
),

members as (
    select
        concat(la_code, ':', period_label, ':', audit_id) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        audit_date as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        audit_grade,
        coalesce(grade_code in ('1', '2', '3', '4'), false)
        or {{ reading('audits_without_grade_count') }} as is_audit,
        coalesce(grade_code in ('1', '2'), false) as is_audit_good_or_better,
        coalesce(grade_code in ('1', '2', '3'), false)
            as is_audit_requires_improvement_or_better,
        coalesce(grade_code = '4', false) as is_audit_inadequate,
        concat('Graded ', audit_grade, '.') as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
