with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'yjmis'
),

outcomes as (
    select * from {{ ref('int_youth_justice__outcomes') }}
),

-- Those dealt with from January to March are followed through the year that then begins. Custody
-- is no beginning: the return has the day of the sentence, not of the release.
dealt_with as (
    select
        outcomes.*,
        cast({{ dbt.dateadd('day', 1, 'outcomes.period_end') }} as date) as followed_from
    from outcomes
    where
        extract(month from outcomes.outcome_date) <= 3
        and outcomes.age_years between 10 and 17
        and outcomes.outcome_tier_code in ('PRE', 'FIRST', 'COMM')
),

cohort as (
    select
        years.area_code,
        years.period_label as followed_label,
        years.period_start as followed_start,
        years.period_end as followed_end,
        dealt_with.*
    from dealt_with
    inner join years
        on dealt_with.la_code = years.la_code
            and dealt_with.followed_from = years.period_start
    qualify row_number() over (
            partition by dealt_with.la_code, years.period_label, dealt_with.person_id
            order by dealt_with.outcome_date
        ) = 1
),

-- The day of the offence counts, however late it was proven.
re_offences as (
    select
        cohort.la_code,
        cohort.followed_label,
        cohort.person_id,
        count(distinct outcomes.outcome_date) as re_offence_count
    from cohort
    inner join outcomes
        on cohort.la_code = outcomes.la_code
            and cohort.person_id = outcomes.person_id
            and cohort.outcome_date < outcomes.offence_date
            and outcomes.offence_date <= {{ dbt.dateadd('year', 1, 'cohort.outcome_date') }}
    group by cohort.la_code, cohort.followed_label, cohort.person_id
),

members as (
    select
        concat(cohort.la_code, ':', cohort.followed_label, ':', cohort.person_id) as member_id,
        cohort.area_code,
        cohort.la_code,
        cohort.followed_label as period_label,
        cohort.followed_start as period_start,
        cohort.followed_end as period_end,
        cohort.person_id as child_id,
        cohort.outcome_date as counted_on,
        cohort.date_of_birth,
        cohort.age_years,
        {{ age_band('cohort.age_years') }} as age_band,
        cohort.ethnic_group,
        cohort.minority_ethnic,
        true as is_in_cohort,
        re_offences.person_id is not null as has_re_offended,
        cast(coalesce(re_offences.re_offence_count, 0) as integer) as re_offence_count,
        concat(
            cast(coalesce(re_offences.re_offence_count, 0) as {{ dbt.type_string() }}),
            ' proven offences in the 12 months from ',
            cast(cohort.outcome_date as {{ dbt.type_string() }}), '.'
        ) as reason,
        cohort._delivery_id,
        cohort._source_file,
        cohort._source_line
    from cohort
    left join re_offences
        on cohort.la_code = re_offences.la_code
            and cohort.followed_label = re_offences.followed_label
            and cohort.person_id = re_offences.person_id
)

select * from members
