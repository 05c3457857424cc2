with exclusions as (
    select * from {{ source('school_census', 'exclusions') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        deliveries_in_force.la_code,
        deliveries_in_force.period_label,
        {{ academic_year_start('deliveries_in_force.period_label') }} as period_start,
        {{ academic_year_end('deliveries_in_force.period_label') }} as period_end,
        {{ clean_identifier('exclusions.exclusion_id') }} as exclusion_id,
        {{ clean_identifier('exclusions.pupil_on_roll_id') }} as pupil_on_roll_id,
        {{ parse_date('exclusions.start_date') }} as exclusion_start_date,
        {{ parse_integer('exclusions.sessions') }} as excluded_session_count,
        {{ clean_code('exclusions.category') }} as exclusion_category_code,
        {{ clean_code('exclusions.reason_1') }} as reason_1_code,
        {{ clean_code('exclusions.reason_2') }} as reason_2_code,
        {{ clean_code('exclusions.reason_3') }} as reason_3_code,
        {{ clean_code('exclusions.sen_provision') }} as sen_provision_code,
        {{ parse_term('deliveries_in_force.series') }} as term,
        deliveries_in_force.series like '%offroll%' as is_off_roll_file,
        deliveries_in_force.received_at,
        exclusions._delivery_id,
        exclusions._source_file,
        exclusions._source_line
    from exclusions
    inner join deliveries_in_force
        on exclusions._delivery_id = deliveries_in_force.delivery_id
),

sent_last as (
    select *
    from typed
    qualify {{ sent_last(key=['term', 'is_off_roll_file', 'exclusion_id']) }}
)

select * from sent_last
