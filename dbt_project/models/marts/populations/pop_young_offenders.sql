with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'yjmis'
),

outcomes as (
    select * from {{ ref('int_youth_justice__outcomes') }}
),

-- A young person with several outcomes in the year is one offender, as the latest describes them.
offenders as (
    select * from outcomes
    where age_years between 10 and 17 and outcome_tier_code is not null
    qualify row_number() over (
            partition by la_code, period_label, person_id
            order by outcome_date desc
        ) = 1
),

members as (
    select
        concat(offenders.la_code, ':', offenders.period_label, ':', offenders.person_id)
            as member_id,
        years.area_code,
        offenders.la_code,
        offenders.period_label,
        offenders.period_start,
        offenders.period_end,
        offenders.person_id as child_id,
        offenders.outcome_date as counted_on,
        offenders.date_of_birth,
        offenders.age_years,
        {{ age_band('offenders.age_years') }} as age_band,
        offenders.ethnic_group,
        offenders.minority_ethnic,
        true as is_young_offender,
        'An outcome in the year at the age of 10 to 17.' as reason,
        offenders._delivery_id,
        offenders._source_file,
        offenders._source_line
    from offenders
    inner join years
        on offenders.la_code = years.la_code
            and offenders.period_label = years.period_label
)

select * from members
