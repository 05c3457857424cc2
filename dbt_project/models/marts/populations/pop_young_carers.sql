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

-- What the register says of a child comes before what another return does.
described as (
    select
        registrations.la_code,
        registrations.period_label,
        registrations.period_start,
        registrations.period_end,
        registrations.child_id,
        registrations.registration_start_date,
        registrations.school_phase,
        years.area_code,
        coalesce(registrations.date_of_birth, children.date_of_birth) as date_of_birth,
        case
            when registrations.sex = 'Unknown' then coalesce(children.sex, 'Unknown')
            else registrations.sex
        end as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability,
        registrations._delivery_id,
        registrations._source_file,
        registrations._source_line
    from registrations
    inner join years
        on registrations.la_code = years.la_code
            and registrations.period_label = years.period_label
    left join children
        on registrations.la_code = children.la_code
            and registrations.child_id = children.child_id
),

with_age as (
    select
        *,
        cast({{ age_in_years('date_of_birth', 'period_end') }} as integer) as age_years
    from described
),

members as (
    select
        concat(la_code, ':', period_label, ':', child_id) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        period_end as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        true as is_young_carer,
        case when school_phase is not null then school_phase = 'primary' end
            as is_primary_young_carer,
        case when school_phase is not null then school_phase = 'secondary' end
            as is_secondary_young_carer,
        concat(
            'On the register since ',
            cast(registration_start_date as {{ dbt.type_string() }}),
            coalesce(concat(', ', school_phase), ''), '.'
        ) as reason,
        _delivery_id,
        _source_file,
        _source_line
    from with_age
)

select * from members
