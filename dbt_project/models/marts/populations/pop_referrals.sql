with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'cin_census'
),

referrals as (
    select * from {{ ref('int_children_in_need__referrals') }}
),

assessments as (
    select * from {{ ref('int_children_in_need__assessments') }}
),

children as (
    select * from {{ ref('int_children_in_need__children') }}
),

-- Days a child was referred on, by the first year that returned them: a child referred in one year
-- is looked for in all years up to it (edge case 23), by its local number (edge case 25).
days_referred as (
    select
        la_code,
        child_id,
        referral_date,
        min(period_start) as returned_from
    from referrals
    group by all
),

in_year as (
    select * from referrals
    where referral_date >= period_start
),

referrals_before as (
    select
        in_year.la_code,
        in_year.period_label,
        in_year.child_id,
        in_year.referral_date,
        max(days_referred.referral_date) as previous_referral_date
    from in_year
    inner join days_referred
        on in_year.la_code = days_referred.la_code
            and in_year.child_id = days_referred.child_id
            and in_year.referral_date > days_referred.referral_date
            and in_year.period_start >= days_referred.returned_from
    group by all
),

first_assessments as (
    select
        la_code,
        period_label,
        child_id,
        referral_date,
        count(*) filter (where assessment_kind = 'initial') > 0 as has_initial_assessment
    from assessments
    where assessment_kind in ('initial', 'single')
    group by all
),

described as (
    select
        referrals_before.previous_referral_date,
        first_assessments.child_id is not null as is_assessed,
        coalesce(first_assessments.has_initial_assessment, false) as has_initial_assessment,
        in_year.*,
        years.area_code,
        children.date_of_birth,
        cast({{ age_in_years('children.date_of_birth', 'in_year.referral_date') }} as integer)
            as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from in_year
    inner join years
        on in_year.la_code = years.la_code
            and in_year.period_label = years.period_label
    left join children
        on in_year.la_code = children.la_code
            and in_year.period_label = children.period_label
            and in_year.child_id = children.child_id
    left join referrals_before
        on in_year.la_code = referrals_before.la_code
            and in_year.period_label = referrals_before.period_label
            and in_year.child_id = referrals_before.child_id
            and in_year.referral_date = referrals_before.referral_date
    left join first_assessments
        on in_year.la_code = first_assessments.la_code
            and in_year.period_label = first_assessments.period_label
            and in_year.child_id = first_assessments.child_id
            and in_year.referral_date = first_assessments.referral_date
),

-- A year back from the referral: an earlier one on that very day is within twelve months.
limited as (
    select
        *,
        cast({{ dbt.dateadd('year', -1, 'referral_date') }} as date) as a_year_before
    from described
),

members as (
    select
        concat(
            la_code, ':', period_label, ':', child_id, ':',
            cast(referral_date as {{ dbt.type_string() }})
        ) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        referral_date as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        category_of_need,
        true as is_referral,
        coalesce(
            previous_referral_date > a_year_before
            or previous_referral_date = a_year_before
            and {{ reading('exactly_12_months_is_re_referral') }},
            false
        ) as is_re_referral,
        is_without_further_action,
        is_assessed,
        has_initial_assessment,
        previous_referral_date,
        record_count,
        case
            when previous_referral_date is null then 'No earlier referral.'
            else concat(
                    'Referred before on ',
                    cast(previous_referral_date as {{ dbt.type_string() }}), '.'
                )
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from limited
)

select * from members
