with periods as (
    select * from {{ ref('int_adoption__scorecard_periods') }}
),

periods_of_care as (
    select * from {{ ref('int_looked_after__periods_of_care') }}
    where not is_short_break
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
    where legal_status_code = 'E1'
),

-- The first episode under a placement order of each period of care; it goes on under the next ones.
first_orders as (
    select
        histories.la_code,
        histories.period_label,
        histories.period_start,
        histories.period_end,
        histories.child_id,
        histories.episode_start_date as placement_order_date,
        histories._delivery_id,
        histories._source_file,
        histories._source_line
    from histories
    inner join periods_of_care
        on histories.la_code = periods_of_care.la_code
            and histories.period_label = periods_of_care.period_label
            and histories.child_id = periods_of_care.child_id
            and histories.episode_start_date >= periods_of_care.care_start_date
            and (
                histories.episode_start_date <= periods_of_care.care_end_date
                or periods_of_care.care_end_date is null
            )
    qualify row_number() over (
            partition by
                histories.la_code,
                histories.period_label,
                histories.child_id,
                periods_of_care.period_number
            order by histories.episode_number
        ) = 1
),

made_in_year as (
    select * from first_orders
    where placement_order_date between period_start and period_end
    qualify row_number() over (
            partition by la_code, period_label, child_id, placement_order_date
            order by _source_line
        ) = 1
),

in_periods as (
    select
        periods.area_code,
        periods.la_code,
        periods.period_type,
        periods.period_label,
        periods.period_start,
        periods.period_end,
        made_in_year.child_id,
        made_in_year.placement_order_date,
        made_in_year._delivery_id,
        made_in_year._source_file,
        made_in_year._source_line
    from periods
    inner join made_in_year
        on periods.la_code = made_in_year.la_code
            and made_in_year.period_start between periods.period_start and periods.period_end
)

select * from in_periods
