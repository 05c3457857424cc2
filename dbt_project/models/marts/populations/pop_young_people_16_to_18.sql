with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'nccis'
),

month_ends as (
    select * from {{ ref('int_young_people__month_ends') }}
),

localities as (
    select * from {{ ref('ref_localities') }}
),

-- November, December and January of those aged 16 to 18 on the day; from 2016/17 December, January
-- and February of the two years after compulsory schooling.
counted as (
    select
        month_ends.*,
        years.area_code,
        {{ locality_of('month_ends.home_postcode') }} as locality,
        case
            when month_ends.activity_kind = 'neet' then 1.0
            when month_ends.activity_kind = 'eet' then 0.0
            when month_ends.activity_kind = 'not known'
                then coalesce(month_ends.adjusted_weight, {{ reading('not_known_neet_share') }})
        end as neet_share
    from month_ends
    inner join years
        on month_ends.la_code = years.la_code
            and month_ends.period_label = years.period_label
    left join localities
        on {{ is_in_locality('month_ends.la_code', 'month_ends.home_postcode') }}
    where
        case
            when month_ends.period_start >= cast('2016-04-01' as date)
                then
                    month_ends.month_number in (12, 1, 2)
                    and month_ends.academic_age in (16, 17)
            else month_ends.month_number in (11, 12, 1) and month_ends.age_years between 16 and 18
        end
),

members as (
    select
        concat(
            la_code, ':', period_label, ':', person_id, ':',
            cast(activity_month as {{ dbt.type_string() }})
        ) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        person_id as child_id,
        month_end as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        locality,
        activity_kind <> 'neither' as is_in_neet_base,
        activity_kind = 'neet' as is_neet,
        activity_kind = 'eet' as is_in_education_employment_or_training,
        activity_kind = 'not known' as is_activity_not_known,
        cast(neet_share as double) as neet_share,
        activity_code,
        case activity_kind
            when 'neither' then 'In custody, or asylum not yet granted: left out.'
            when 'neet' then 'Not in education, employment or training.'
            when 'eet' then 'In education, employment or training.'
            else concat(
                    'Not known; counted as ', cast(neet_share as {{ dbt.type_string() }}),
                    ' of a young person not in education, employment or training.'
                )
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from counted
)

select * from members
