with initial_assessments as (
    select * from {{ source('looked_after_health', 'initial_assessments') }}
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
        {{ clean_identifier('initial_assessments.child_id') }} as child_id,
        {{ parse_date('initial_assessments.care_start_date') }} as care_start_date,
        {{ parse_date('initial_assessments.request_date') }} as request_date,
        {{ parse_date('initial_assessments.assessment_date') }} as assessment_date,
        {{ clean_text('initial_assessments.reason_late') }} as lateness_reason_text,
        {{ month_of_part('deliveries_in_force.series') }} as reported_month,
        deliveries_in_force.received_at,
        initial_assessments._delivery_id,
        initial_assessments._source_file,
        initial_assessments._source_line
    from initial_assessments
    inner join deliveries_in_force
        on initial_assessments._delivery_id = deliveries_in_force.delivery_id
),

sent_last as (
    select *
    from typed
    qualify {{ sent_last(key=['child_id', 'care_start_date'], newest_first=['reported_month']) }}
)

select * from sent_last
