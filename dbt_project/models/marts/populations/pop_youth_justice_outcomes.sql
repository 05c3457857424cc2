with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'yjmis'
),

outcomes as (
    select * from {{ ref('int_youth_justice__outcomes') }}
),

-- Young people are those of 10 to 17 on the day of the outcome. Nobody enters twice: a second
-- first outcome is a fault of the record.
aged_10_to_17 as (
    select
        outcomes.*,
        years.area_code,
        outcomes.outcome_tier_code in ('COMM', 'CUST') as is_long_enough,
        outcomes.is_first_time_entrant
        and row_number() over (
            partition by outcomes.la_code, outcomes.person_id, outcomes.is_first_time_entrant
            order by outcomes.outcome_date
        ) = 1 as is_entrant
    from outcomes
    inner join years
        on outcomes.la_code = years.la_code
            and outcomes.period_label = years.period_label
    where outcomes.age_years between 10 and 17
),

members as (
    select
        concat(
            la_code, ':', period_label, ':', person_id, ':',
            cast(outcome_date as {{ dbt.type_string() }})
        ) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        person_id as child_id,
        outcome_date as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        ethnic_group,
        minority_ethnic,
        outcome_tier_code in ('FIRST', 'COMM', 'CUST') as is_court_disposal,
        outcome_tier_code = 'CUST' as is_custodial_sentence,
        is_entrant as is_first_time_entrant,
        is_long_enough and education_training_employment_hours is not null
            as is_intervention_with_hours,
        case
            when is_long_enough
                then
                    education_training_employment_hours
                    >= case when is_of_school_age then 25 else 16 end
        end as is_engaged,
        is_long_enough and suitable_accommodation_flag is not null
            as is_intervention_with_accommodation,
        case when is_long_enough then suitable_accommodation_flag end
            as has_suitable_accommodation,
        is_of_school_age,
        education_training_employment_hours,
        concat(
            case outcome_tier_code
                when 'PRE' then 'Before court'
                when 'FIRST' then 'First tier'
                when 'COMM' then 'Community sentence'
                when 'CUST' then 'Custody'
                else 'Outcome without a tier'
            end,
            case when is_entrant then '; the first outcome.' else '; not the first outcome.' end
        ) as reason,
        _delivery_id,
        _source_file,
        _source_line
    from aged_10_to_17
)

select * from members
