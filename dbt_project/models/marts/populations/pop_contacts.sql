with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'contacts'
),

contacts as (
    select * from {{ ref('int_front_door__contacts') }}
),

outcomes as (
    select * from {{ ref('ref_contact_outcome') }}
),

children as (
    select * from {{ ref('int_front_door__children') }}
),

described as (
    select
        contacts.*,
        years.area_code,
        outcomes.label as outcome,
        children.date_of_birth,
        cast({{ age_in_years('children.date_of_birth', 'contacts.contact_date') }} as integer)
            as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from contacts
    inner join years
        on contacts.la_code = years.la_code
            and contacts.period_label = years.period_label
    left join outcomes on contacts.outcome_code = outcomes.code
    left join children
        on contacts.la_code = children.la_code
            and contacts.child_id = children.child_id
),

members as (
    select
        concat(la_code, ':', period_label, ':', contact_id) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        contact_date as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        true as is_contact,
        coalesce(service_name not in ('emergency duty team', 'edt'), true)
            as is_front_door_contact,
        coalesce(outcome_code in ('REF', 'STRAT'), false) or is_linked_to_referral
            as is_converted_contact,
        concat(
            coalesce(outcome, 'No outcome yet'),
            case when is_linked_to_referral then '; led to a referral.' else '.' end
        ) as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
