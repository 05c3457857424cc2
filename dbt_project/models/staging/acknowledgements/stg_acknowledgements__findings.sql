with findings as (
    select * from {{ source('acknowledgements', 'findings') }}
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
        {{ clean_text('findings.rule_id') }} as rule_id,
        lower({{ clean_text('findings.finding_return') }}) as return_name,
        lower({{ clean_text('findings.finding_table') }}) as table_name,
        findings.key_columns,
        findings.offending_text,
        {{ clean_text('findings.reason') }} as reason,
        {{ clean_text('findings.acknowledged_by') }} as acknowledged_by,
        {{ parse_date('findings.acknowledged_on') }} as acknowledged_date,
        lower(deliveries_in_force.series) as sent_by,
        findings._delivery_id,
        findings._source_file,
        findings._source_line
    from findings
    inner join deliveries_in_force
        on findings._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
