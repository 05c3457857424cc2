with outcomes as (
    select * from {{ ref('stg_yjmis__outcomes') }}
    where person_id is not null and outcome_date is not null
),

ethnicities as (
    select * from {{ ref('ref_ethnicity') }}
),

-- The most serious outcome of a day is that day's.
ranked as (
    select
        *,
        case outcome_tier_code
            when 'CUST' then 4
            when 'COMM' then 3
            when 'FIRST' then 2
            when 'PRE' then 1
            else 0
        end as seriousness
    from outcomes
),

one_per_day as (
    select * from ranked
    where outcome_date between period_start and period_end
    qualify row_number() over (
            partition by la_code, person_id, outcome_date
            order by seriousness desc, period_label desc, _delivery_id desc, _source_line desc
        ) = 1
),

-- Compulsory schooling ends on the last Friday of June of the school year somebody turns 16;
-- 5 January 1900 was a Friday.
with_june as (
    select
        *,
        cast(concat(
            cast(
                extract(year from date_of_birth) + 16
                + case when extract(month from date_of_birth) >= 9 then 1 else 0 end
                as {{ dbt.type_string() }}
            ),
            '-06-30'
        ) as date) as end_of_june
    from one_per_day
),

described as (
    select
        with_june.la_code,
        with_june.period_label,
        with_june.period_start,
        with_june.period_end,
        with_june.person_id,
        with_june.outcome_date,
        with_june.offence_date,
        with_june.date_of_birth,
        cast({{ age_in_years('with_june.date_of_birth', 'with_june.outcome_date') }} as integer)
            as age_years,
        coalesce(ethnicities.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(ethnicities.minority_ethnic, 'Unknown') as minority_ethnic,
        with_june.outcome_tier_code,
        coalesce(with_june.first_time_entrant_flag, false) as is_first_time_entrant,
        with_june.education_training_employment_hours,
        with_june.suitable_accommodation_flag,
        with_june.outcome_date <= {{ dbt.dateadd(
            'day',
            '-1 * (' ~ dbt.datediff("cast('1900-01-05' as date)", 'with_june.end_of_june', 'day')
            ~ ' % 7)',
            'with_june.end_of_june'
        ) }} as is_of_school_age,
        with_june._delivery_id,
        with_june._source_file,
        with_june._source_line
    from with_june
    left join ethnicities on with_june.ethnicity_code = ethnicities.code
)

select * from described
