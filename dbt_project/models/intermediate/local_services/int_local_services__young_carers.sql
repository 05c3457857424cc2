with registrations as (
    select * from {{ ref('stg_young_carers__registrations') }}
    where
        young_carer_id is not null
        and child_id is not null
        and registration_start_date is not null
),

entries as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        young_carer_id,
        child_id,
        registration_start_date,
        registration_end_date,
        date_of_birth,
        sex,
        case school_phase
            when 'primary' then 'Primary'
            when 'secondary' then 'Secondary'
            when 'post-16' then 'Post-16'
            else 'Unknown'
        end as school_phase,
        _delivery_id,
        _source_file,
        _source_line
    from registrations
    where registration_start_date <= period_end
    qualify row_number() over (
            partition by la_code, period_label, young_carer_id
            order by _delivery_id desc, _source_line desc
        ) = 1
)

select * from entries
