with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'breastfeeding'
),

checks as (
    select * from {{ ref('int_health__feeding_checks') }}
),

whole_numbers as (
    select numbers.whole_number from ({{ whole_numbers() }}) as numbers
),

-- The return counts and names nobody: each infant it counts is one member all the same, so that
-- shares and small numbers are worked out as everywhere.
counted as (
    select
        checks.*,
        years.area_code,
        whole_numbers.whole_number
    from checks
    inner join years
        on checks.la_code = years.la_code
            and checks.period_label = years.period_label
            and (
                checks.counted_area_code = years.area_code
                or years.area_code = years.la_code
            )
    inner join whole_numbers on checks.due_count >= whole_numbers.whole_number
),

members as (
    select
        concat(
            la_code, ':', period_label, ':', counted_area_code, ':', quarter_code, ':',
            cast(whole_number as {{ dbt.type_string() }})
        ) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        cast(null as {{ dbt.type_string() }}) as child_id,
        quarter_end as counted_on,
        true as is_due_feeding_check,
        whole_number <= recorded_count as is_feeding_recorded,
        whole_number <= breastfed_count as is_breastfed,
        whole_number <= fully_breastfed_count as is_breastfed_only,
        is_enough_recorded,
        case
            when whole_number <= fully_breastfed_count then 'Breastfed only.'
            when whole_number <= breastfed_count then 'Breastfed in part.'
            when whole_number <= recorded_count then 'Not breastfed.'
            else 'Not recorded.'
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from counted
)

select * from members
