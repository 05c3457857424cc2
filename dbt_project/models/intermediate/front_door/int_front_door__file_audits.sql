with audits as (
    select * from {{ ref('stg_file_audits__audits') }}
),

grades as (
    select * from {{ ref('ref_audit_grade') }}
),

-- An audit has one number; of two rows the last line counts.
newest_rows as (
    select
        audits.la_code,
        audits.period_label,
        audits.period_start,
        audits.period_end,
        audits.audit_id,
        audits.child_id,
        audits.audit_date,
        audits.grade_code,
        coalesce(grades.label, 'Unknown') as audit_grade,
        audits._delivery_id,
        audits._source_file,
        audits._source_line
    from audits
    left join grades on audits.grade_code = grades.code
    where
        audits.audit_id is not null
        and audits.audit_date >= audits.period_start
        and audits.audit_date <= audits.period_end
    qualify row_number() over (
            partition by audits.la_code, audits.period_label, audits.audit_id
            order by audits._source_line desc, audits._delivery_id desc
        ) = 1
)

select * from newest_rows
