with contacts as (
    select * from {{ ref('stg_contacts__contacts') }}
),

-- A contact has one number; of two rows the last line counts.
newest_rows as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        contact_id,
        child_id,
        contact_date,
        outcome_code,
        lower(service_name) as service_name,
        referral_id is not null as is_linked_to_referral,
        _delivery_id,
        _source_file,
        _source_line
    from contacts
    where
        contact_id is not null
        and contact_date >= period_start
        and contact_date <= period_end
    qualify row_number() over (
            partition by la_code, period_label, contact_id
            order by _source_line desc, _delivery_id desc
        ) = 1
)

select * from newest_rows
