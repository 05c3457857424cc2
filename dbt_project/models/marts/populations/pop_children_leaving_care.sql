with returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

periods_of_care as (
    select * from {{ ref('int_looked_after__periods_of_care') }}
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

descriptions as (
    select * from {{ ref('int_looked_after__descriptions') }}
),

end_reasons as (
    select * from {{ ref('ref_episode_end_reason') }}
),

-- A child who leaves care twice in a year counts once, by the last time (edge case 94).
last_ends as (
    select * from periods_of_care
    where
        not is_short_break
        and is_end_returned
        and care_end_date between period_start and period_end
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by care_end_date desc, period_number desc
        ) = 1
),

members as (
    select
        concat(last_ends.la_code, ':', last_ends.period_label, ':', last_ends.child_id)
            as member_id,
        returns.area_code,
        last_ends.la_code,
        last_ends.period_label,
        last_ends.period_start,
        last_ends.period_end,
        last_ends.child_id,
        last_ends.care_end_date as counted_on,
        {{ described_on('last_ends.care_end_date') }},
        case
            when end_reasons.code is null or end_reasons.code = 'X1' then 'Unknown'
            else end_reasons.end_reason
        end as leaving_reason,
        last_ends.care_start_date,
        true as is_leaving_care,
        coalesce(last_ends.last_end_reason_code in ('E1', 'E11', 'E12'), false) as is_adopted,
        coalesce(
            last_ends.last_end_reason_code in ('E43', 'E44', 'E45', 'E46', 'E47', 'E48'), false
        ) as has_special_guardian,
        coalesce(
            last_ends.last_end_reason_code in ('E4', 'E4A', 'E4B', 'E41')
            or last_ends.last_end_reason_code in ('E43', 'E44', 'E45', 'E46', 'E47', 'E48')
            or last_ends.last_end_reason_code = 'E13' and {{ reading('e13_is_returning_home') }},
            false
        ) as is_home_or_with_guardian,
        coalesce(
            {{ age_in_years('descriptions.date_of_birth', 'last_ends.care_end_date') }} >= 18, false
        ) as has_turned_18,
        cast(
            {{ dbt.datediff('last_ends.care_start_date', 'last_ends.care_end_date', 'day') }}
            as integer
        ) as care_days,
        concat(
            'Care ended: ', coalesce(end_reasons.label, 'the return gives no reason')
        ) as reason,
        histories._delivery_id,
        histories._source_file,
        histories._source_line
    from last_ends
    inner join returns
        on last_ends.la_code = returns.la_code
            and last_ends.period_label = returns.period_label
    inner join histories
        on last_ends.la_code = histories.la_code
            and last_ends.period_label = histories.period_label
            and last_ends.child_id = histories.child_id
            and last_ends.ending_episode_number = histories.episode_number
    inner join descriptions
        on last_ends.la_code = descriptions.la_code
            and last_ends.period_label = descriptions.period_label
            and last_ends.child_id = descriptions.child_id
            and last_ends.ending_episode_number = descriptions.episode_number
    left join end_reasons on last_ends.last_end_reason_code = end_reasons.code
)

select * from members
