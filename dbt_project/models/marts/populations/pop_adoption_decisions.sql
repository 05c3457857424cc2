with decisions as (
    select * from {{ ref('int_adoption__decisions') }}
),

members as (
    select
        concat(
            la_code, ':', period_label, ':', child_id, ':',
            cast(decision_date as {{ dbt.type_string() }})
        ) as member_id,
        area_code,
        la_code,
        period_type,
        period_label,
        period_start,
        period_end,
        child_id,
        greatest(decision_date, period_start) as counted_on,
        decision_date,
        end_date,
        true as is_decision_in_force,
        decision_date >= period_start as is_new_decision,
        is_reversed as is_decision_reversed,
        case
            when is_reversed
                then concat('Reversed: ', coalesce(reversal_reason_code, 'no reason given'))
            when is_adopted then 'Adopted'
            when end_date <= period_end then 'Ended with care'
            else 'In force'
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from decisions
)

select * from members
