with care_leavers as (
    select * from {{ ref('int_looked_after__care_leavers') }}
),

descriptions as (
    select * from {{ ref('int_looked_after__descriptions') }}
),

described as (
    select
        concat(care_leavers.la_code, ':', care_leavers.period_label, ':', care_leavers.child_id)
            as member_id,
        care_leavers.area_code,
        care_leavers.la_code,
        care_leavers.period_label,
        care_leavers.period_start,
        care_leavers.period_end,
        care_leavers.child_id,
        care_leavers.period_end as counted_on,
        {{ described_on('care_leavers.period_end') }},
        care_leavers.contact_code,
        care_leavers.activity_code,
        care_leavers.activity,
        care_leavers.accommodation_code,
        coalesce(care_leavers.contact_code in ('DIED', 'RHOM'), false) as is_left_out,
        coalesce(substr(care_leavers.accommodation_code, 1, 1), '') as accommodation_kind,
        coalesce(substr(care_leavers.accommodation_code, 2, 1), '') as accommodation_judgement,
        care_leavers._delivery_id,
        care_leavers._source_file,
        care_leavers._source_line
    from care_leavers
    inner join descriptions
        on care_leavers.la_code = descriptions.la_code
            and care_leavers.period_label = descriptions.period_label
            and care_leavers.child_id = descriptions.child_id
            and care_leavers.episode_number = descriptions.episode_number
),

-- To 2012/13 the cohort was who turned 19 in the year and was looked after at 16 on 1 April three
-- years before; from 2013/14 it is who is 19 to 21 (edge case 109). Those of 17 and 18, returned
-- from 2015/16, are published apart.
cohort as (
    select
        *,
        case
            when period_end < cast('2014-03-31' as date) then coalesce(age_years = 19, false)
            else coalesce(age_years between 19 and 21, false)
        end and not is_left_out as is_care_leaver,
        accommodation_kind in ('G', 'H', 'R') as is_abroad_or_unknown,
        activity = 'In education, employment or training' as is_active
    from described
),

members as (
    select
        member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        counted_on,
        date_of_birth,
        age_years,
        age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        locality,
        placement_type,
        legal_status,
        category_of_need,
        uasc,
        activity as leaver_activity,
        is_care_leaver,
        is_care_leaver and not is_abroad_or_unknown as is_accommodation_judged,
        is_care_leaver and not is_abroad_or_unknown and accommodation_judgement = '1'
            as has_suitable_accommodation,
        is_care_leaver and is_active as is_in_education_employment_or_training,
        is_care_leaver and coalesce(activity_code in ('F1', 'P1'), false) as is_in_higher_education,
        is_care_leaver and accommodation_kind = 'Z' as is_staying_put,
        case
            when contact_code = 'DIED' then 'Died'
            when contact_code = 'RHOM' then 'Returned home for six months'
            when age_years is null then 'No date of birth'
            when not is_care_leaver then 'Not of the ages the year counts'
            when is_abroad_or_unknown then 'Abroad or residence not known: no accommodation'
            else 'Care leaver of the cohort'
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from cohort
)

select * from members
