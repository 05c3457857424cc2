with audits as (
    select * from {{ source('file_audits', 'audits') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        deliveries_in_force.la_code,
        deliveries_in_force.period_label,
        {{ financial_year_start('deliveries_in_force.period_label') }} as period_start,
        {{ financial_year_end('deliveries_in_force.period_label') }} as period_end,
        {{ clean_identifier('audits.audit_id') }} as audit_id,
        {{ parse_date('audits.audit_date') }} as audit_date,
        {{ clean_text('audits.team') }} as team_name,
        {{ clean_identifier('audits.child_id') }} as child_id,
        {{ clean_code('audits.grade') }} as grade_code,
        lower({{ clean_text('audits.auditor_type') }}) as auditor_type,
        audits._delivery_id,
        audits._source_file,
        audits._source_line
    from audits
    inner join deliveries_in_force
        on audits._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
