with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'ncmp'
),

measurements as (
    select * from {{ ref('int_health__measurements') }}
),

whole_numbers as (
    select numbers.whole_number from ({{ whole_numbers() }}) as numbers
),

-- The return counts and names nobody: each child it counts is one member all the same, so that
-- shares and small numbers are worked out as everywhere.
counted as (
    select
        measurements.*,
        years.area_code,
        whole_numbers.whole_number
    from measurements
    inner join years
        on measurements.la_code = years.la_code
            and measurements.period_label = years.period_label
            and (
                measurements.counted_area_code = years.area_code
                or years.area_code = years.la_code
            )
    inner join whole_numbers on measurements.eligible_count >= whole_numbers.whole_number
),

members as (
    select
        concat(
            la_code, ':', period_label, ':', counted_area_code, ':', age_group, ':',
            cast(whole_number as {{ dbt.type_string() }})
        ) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        cast(null as {{ dbt.type_string() }}) as child_id,
        {{ day_of_school_year('period_label', '06-30') }} as counted_on,
        case when age_group = 'Reception' then true end as is_eligible_in_reception,
        case when age_group = 'Reception' then whole_number <= measured_count end
            as is_measured_in_reception,
        case when age_group = 'Reception' then whole_number <= obese_count end
            as is_obese_in_reception,
        case when age_group = 'Year 6' then true end as is_eligible_in_year_6,
        case when age_group = 'Year 6' then whole_number <= measured_count end
            as is_measured_in_year_6,
        case when age_group = 'Year 6' then whole_number <= obese_count end
            as is_obese_in_year_6,
        case
            when whole_number <= obese_count then 'Measured: at or above the 95th centile.'
            when whole_number <= measured_count then 'Measured: below the 95th centile.'
            else 'Not measured.'
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from counted
)

select * from members
