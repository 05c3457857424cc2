with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'young_carers'
),

registrations as (
    select * from {{ ref('int_local_services__young_carers') }}
),

children as (
    select * from {{ ref('int_front_door__children') }}
),

-- Entered by the day and not taken off by its end. A child entered twice is one child, as the newer
-- entry describes it.
on_register as (
    select
        registrations.la_code,
        years.area_code,
        registrations.period_label as day_label,
        registrations.period_start as day_from,
        registrations.period_end as day_to,
        registrations.child_id,
        registrations.registration_start_date,
        registrations.date_of_birth,
        registrations.sex,
        registrations.school_phase,
        registrations._delivery_id,
        registrations._source_file,
        registrations._source_line
    from registrations
    inner join years
        on registrations.la_code = years.la_code
            and registrations.period_label = years.period_label
    where
        registrations.registration_start_date <= registrations.period_end
        and coalesce(registrations.registration_end_date > registrations.period_end, true)
    qualify row_number() over (
            partition by registrations.la_code, registrations.child_id, registrations.period_end
            order by
                registrations.registration_start_date desc,
                registrations._delivery_id desc,
                registrations._source_line desc
        ) = 1
),

-- What the register says of a child comes before what another return does.
described as (
    select
        on_register.la_code,
        on_register.area_code,
        on_register.day_label,
        on_register.day_from,
        on_register.day_to,
        on_register.child_id,
        on_register.registration_start_date,
        on_register.school_phase,
        coalesce(on_register.date_of_birth, children.date_of_birth) as date_of_birth,
        case
            when on_register.sex = 'Unknown' then coalesce(children.sex, 'Unknown')
            else on_register.sex
        end as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability,
        on_register._delivery_id,
        on_register._source_file,
        on_register._source_line
    from on_register
    left join children
        on on_register.la_code = children.la_code
            and on_register.child_id = children.child_id
),

with_age as (
    select
        *,
        cast({{ age_in_years('date_of_birth', 'day_to') }} as integer) as age_years
    from described
),

members as (
    select
        concat(la_code, ':', day_label, ':', child_id) as member_id,
        area_code,
        la_code,
        day_label as period_label,
        day_from as period_start,
        day_to as period_end,
        child_id,
        day_to as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        school_phase,
        true as is_young_carer,
        case when school_phase <> 'Unknown' then school_phase = 'Primary' end
            as is_primary_young_carer,
        case when school_phase <> 'Unknown' then school_phase = 'Secondary' end
            as is_secondary_young_carer,
        concat(
            'On the register since ',
            cast(registration_start_date as {{ dbt.type_string() }}), '.'
        ) as reason,
        _delivery_id,
        _source_file,
        _source_line
    from with_age
)

select * from members
