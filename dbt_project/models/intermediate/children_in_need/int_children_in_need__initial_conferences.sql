with enquiries as (
    select * from {{ ref('stg_cin_census__section_47_enquiries') }}
),

referrals as (
    select * from {{ ref('stg_cin_census__referrals') }}
),

bank_holidays as (
    select * from {{ ref('ref_england_bank_holidays') }}
),

every_conference as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        initial_conference_date as conference_date,
        enquiry_start_date,
        coalesce(conference_not_required_flag, false) as is_flagged_not_required,
        _delivery_id,
        _source_file,
        _source_line
    from enquiries
    union all
    -- A child who moved in with a plan: no enquiry of this authority led to it (edge case 30).
    select
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        transfer_in_conference_date as conference_date,
        cast(null as date) as enquiry_start_date,
        false as is_flagged_not_required,
        _delivery_id,
        _source_file,
        _source_line
    from referrals
),

-- A child has one conference on a day; of several enquiries the latest that had begun led to it.
one_a_day as (
    select * from every_conference
    where
        child_id is not null
        and conference_date >= period_start
        and conference_date <= period_end
    qualify row_number() over (
            partition by la_code, period_label, child_id, conference_date
            order by
                coalesce(enquiry_start_date <= conference_date, false) desc,
                enquiry_start_date desc nulls last,
                _source_line desc,
                _delivery_id desc
        ) = 1
),

timed as (
    {{ with_working_days('one_a_day', 'enquiry_start_date', 'conference_date') }}
)

select * from timed
