with children as (
    select * from {{ ref('stg_ssda903__children') }}
),

ethnicities as (
    select * from {{ ref('ref_ethnicity') }}
),

-- A child is in the header once; where a file holds the child twice, its last line counts.
newest_rows as (
    select * from children
    where child_id is not null
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by _source_line desc, _delivery_id desc
        ) = 1
),

described as (
    select
        newest_rows.la_code,
        newest_rows.period_label,
        newest_rows.child_id,
        newest_rows.date_of_birth,
        newest_rows.sex,
        newest_rows.ethnicity_code,
        coalesce(ethnicities.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(ethnicities.minority_ethnic, 'Unknown') as minority_ethnic,
        newest_rows.unique_pupil_number,
        newest_rows.unaccompanied_code
    from newest_rows
    left join ethnicities on newest_rows.ethnicity_code = ethnicities.code
)

select * from described
