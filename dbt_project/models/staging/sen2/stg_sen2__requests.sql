with requests as (
    select * from {{ source('sen2', 'requests') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        deliveries_in_force.la_code,
        deliveries_in_force.period_label,
        {{ calendar_year_start('deliveries_in_force.period_label') }} as period_start,
        {{ calendar_year_end('deliveries_in_force.period_label') }} as period_end,
        {{ clean_identifier('requests.person_id') }} as person_id,
        {{ parse_date('requests.request_date') }} as request_date,
        {{ clean_code('requests.statement_or_ehcp') }} as statement_or_plan_code,
        {{ parse_date('requests.final_date') }} as final_date,
        {{ parse_boolean('requests.exception_flag') }} as exception_flag,
        {{ parse_number('requests.weeks') }} as sent_weeks,
        {{ clean_code('requests.plan_status') }} as plan_status_code,
        requests._delivery_id,
        requests._source_file,
        requests._source_line
    from requests
    inner join deliveries_in_force
        on requests._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
