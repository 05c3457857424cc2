with pre_proceedings as (
    select * from {{ source('cin_census', 'pre_proceedings') }}
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
        {{ clean_identifier('pre_proceedings.la_child_id') }} as child_id,
        {{ parse_date('pre_proceedings.cin_referral_date') }} as referral_date,
        {{ parse_integer('pre_proceedings.cin_sequence') }} as referral_sequence,
        {{ parse_integer('pre_proceedings.pre_proceedings_sequence') }} as pre_proceedings_sequence,
        {{ parse_date('pre_proceedings.initial_pp_meeting_date') }} as first_meeting_date,
        {{ parse_integer('pre_proceedings.review_meetings_count') }} as review_meeting_count,
        {{ clean_code('pre_proceedings.pp_outcome') }} as outcome_code,
        pre_proceedings._delivery_id,
        pre_proceedings._source_file,
        pre_proceedings._source_line
    from pre_proceedings
    inner join deliveries_in_force
        on pre_proceedings._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
