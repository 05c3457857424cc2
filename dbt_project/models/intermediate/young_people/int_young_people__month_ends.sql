with activities as (
    select * from {{ ref('stg_nccis__activities') }}
    where person_id is not null and activity_month is not null
),

-- A person twice in one file of a month counts as the file has it last.
one_per_month as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        person_id,
        activity_month,
        cast({{ dbt.dateadd('day', -1, dbt.dateadd('month', 1, 'activity_month')) }} as date)
            as month_end,
        extract(month from activity_month) as month_number,
        date_of_birth,
        home_postcode,
        academic_age_years,
        activity_code,
        coalesce(expired_flag, false) as is_expired,
        adjusted_weight,
        _delivery_id,
        _source_file,
        _source_line
    from activities
    where activity_month between period_start and period_end
    qualify row_number() over (
            partition by la_code, period_label, person_id, activity_month
            order by _delivery_id desc, _source_line desc
        ) = 1
),

-- Ages on the day, and on the 31 August before it, which says who is in the two years after
-- compulsory schooling.
with_ages as (
    select
        *,
        cast({{ age_in_years('date_of_birth', 'month_end') }} as integer) as age_years,
        coalesce(
            academic_age_years,
            cast(
                extract(year from month_end)
                - case when extract(month from month_end) < 9 then 1 else 0 end
                - extract(year from date_of_birth)
                - case when extract(month from date_of_birth) >= 9 then 1 else 0 end
                as integer
            )
        ) as academic_age
    from one_per_month
),

-- Neither in nor out of education, employment or training: custody, and asylum not yet granted.
-- A record too old to be relied on is of somebody whose activity is not known.
with_activities as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        person_id,
        activity_month,
        month_end,
        month_number,
        date_of_birth,
        home_postcode,
        age_years,
        academic_age,
        activity_code,
        adjusted_weight,
        case
            when activity_code in ('710', '720') then 'neither'
            when is_expired or activity_code in ('810', '820', '830') then 'not known'
            when activity_code between '540' and '699' then 'neet'
            when activity_code between '200' and '539' then 'eet'
            else 'not known'
        end as activity_kind,
        _delivery_id,
        _source_file,
        _source_line
    from with_ages
)

select * from with_activities
