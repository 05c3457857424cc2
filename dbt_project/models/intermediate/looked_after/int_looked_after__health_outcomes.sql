with health_outcomes as (
    select * from {{ ref('stg_ssda903__health_outcomes') }}
),

-- One answer a child and year; where a file holds two, its last line counts.
newest_rows as (
    select * from health_outcomes
    where child_id is not null
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by _source_line desc, _delivery_id desc
        ) = 1
),

answers as (
    select
        la_code,
        period_label,
        child_id,
        case when sdq_score between 0 and 40 then sdq_score end as sdq_score,
        sdq_reason_code,
        coalesce(conviction_code = '1', false) as is_convicted,
        coalesce(development_check_code = '1', false) as has_development_checks,
        coalesce(immunisation_code = '1', false) as has_immunisations,
        coalesce(dental_check_code = '1', false) as has_dental_check,
        coalesce(health_assessment_code = '1', false) as has_health_assessment,
        coalesce(substance_misuse_code = '1', false) as has_substance_misuse,
        coalesce(intervention_received_code = '1', false) as has_intervention,
        _delivery_id,
        _source_file,
        _source_line
    from newest_rows
)

select * from answers
