with enquiries as (
    select * from {{ ref('stg_cin_census__section_47_enquiries') }}
),

-- A child has one enquiry from a day on: of two records the last line counts.
newest_rows as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        enquiry_start_date,
        case
            when initial_conference_date <= period_end then initial_conference_date
        end as initial_conference_date,
        coalesce(conference_not_required_flag, false) as is_flagged_not_required,
        _delivery_id,
        _source_file,
        _source_line
    from enquiries
    where
        child_id is not null
        and enquiry_start_date >= period_start
        and enquiry_start_date <= period_end
    qualify row_number() over (
            partition by la_code, period_label, child_id, enquiry_start_date
            order by _source_line desc, _delivery_id desc
        ) = 1
)

select * from newest_rows
