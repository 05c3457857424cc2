with children as (
    select * from {{ ref('stg_cin_census__children') }}
),

disabilities as (
    select * from {{ ref('stg_cin_census__disabilities') }}
),

ethnicities as (
    select * from {{ ref('ref_ethnicity') }}
),

-- A child is in a census once; where a file holds the child twice, its last line counts.
newest_rows as (
    select * from children
    where child_id is not null
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by _source_line desc, _delivery_id desc
        ) = 1
),

disabled as (
    select
        la_code,
        period_label,
        child_id,
        bool_or(disability_code <> 'NONE') as is_disabled,
        count(distinct case when disability_code <> 'NONE' then disability_code end) as kind_count,
        max(case when disability_code <> 'NONE' then disability_code end) as disability_code
    from disabilities
    where disability_code is not null
    group by all
),

described as (
    select
        newest_rows.la_code,
        newest_rows.period_label,
        newest_rows.period_start,
        newest_rows.child_id,
        newest_rows.date_of_birth,
        newest_rows.expected_date_of_birth,
        newest_rows.sex,
        coalesce(ethnicities.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(ethnicities.minority_ethnic, 'Unknown') as minority_ethnic,
        case
            when disabled.is_disabled then 'Yes'
            when not disabled.is_disabled then 'No'
            else 'Unknown'
        end as disability,
        case
            when disabled.kind_count > 1 then 'Multiple'
            when disabled.disability_code = 'AUT' then 'Autism'
            when disabled.disability_code = 'HEAR' then 'Hearing'
            when disabled.disability_code = 'LD' then 'Learning'
            when disabled.disability_code = 'MOB' then 'Mobility'
            when disabled.kind_count = 1 then 'Other'
            when disabled.kind_count = 0 then 'None'
            else 'Unknown'
        end as disability_kind
    from newest_rows
    left join ethnicities on newest_rows.ethnicity_code = ethnicities.code
    left join disabled
        on newest_rows.la_code = disabled.la_code
            and newest_rows.period_label = disabled.period_label
            and newest_rows.child_id = disabled.child_id
)

select * from described
