with registrations as (
    select * from {{ ref('stg_young_carers__registrations') }}
    where child_id is not null and registration_start_date is not null
),

-- On the register on 31 March: entered by then and not taken off by the end of that day. A child
-- entered twice is one child, as the newer entry describes it.
on_register as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        registration_start_date,
        date_of_birth,
        sex,
        school_phase,
        _delivery_id,
        _source_file,
        _source_line
    from registrations
    where
        registration_start_date <= period_end
        and coalesce(registration_end_date > period_end, true)
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by registration_start_date desc, _delivery_id desc, _source_line desc
        ) = 1
)

select * from on_register
