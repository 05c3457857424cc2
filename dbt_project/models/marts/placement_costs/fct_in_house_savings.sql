with costs as (
    select * from {{ ref('placement_costs') }}
),

payments as (
    select * from {{ ref('int_placement_costs__payments') }}
    where placement_category = 'in_house_fostering' and payment_type = 'allowance'
),

-- Children a carer looks after on the last night of the year; relatives count, as they are paid.
carers as (
    select
        costs.area_code,
        costs.period_label,
        count(distinct payments.child_id) as paid_children,
        count(distinct payments.supplier_id) as carers
    from costs
    inner join payments
        on costs.la_code = payments.la_code
            and costs.period_end >= payments.paid_from_date
            and costs.period_end < payments.paid_until_date
    where costs.placement_category = 'in_house_fostering' and costs.is_whole_year
    group by all
),

by_year as (
    select
        area_code,
        period_label,
        period_start,
        period_end,
        sum(children_on_31_march) as children_looked_after,
        sum(children_on_31_march) filter (where placement_category = 'in_house_fostering')
            as children_in_house,
        sum(nights) as nights,
        sum(nights) filter (where placement_category = 'in_house_fostering') as in_house_nights,
        sum(nights) filter (
            where placement_category in (
                'in_house_fostering', 'pvi_fostering', 'other_la_fostering'
            )
        ) as fostering_nights,
        max(average_weekly_cost) filter (where placement_category = 'in_house_fostering')
            as in_house_weekly_cost,
        max(average_weekly_cost) filter (where placement_category = 'pvi_fostering')
            as pvi_weekly_cost
    from costs
    where is_whole_year and nights is not null
    group by all
),

savings as (
    select
        by_year.area_code,
        by_year.period_label,
        cast(by_year.children_looked_after as bigint) as children_looked_after,
        cast(by_year.children_in_house as bigint) as children_in_house,
        cast(
            100.0 * by_year.children_in_house / nullif(by_year.children_looked_after, 0) as double
        ) as in_house_pct,
        cast(100.0 * by_year.in_house_nights / nullif(by_year.nights, 0) as double)
            as in_house_nights_pct,
        cast(100.0 * by_year.in_house_nights / nullif(by_year.fostering_nights, 0) as double)
            as in_house_fostering_nights_pct,
        cast(by_year.in_house_weekly_cost as double) as in_house_weekly_cost,
        cast(by_year.pvi_weekly_cost as double) as pvi_weekly_cost,
        cast(by_year.pvi_weekly_cost - by_year.in_house_weekly_cost as double)
            as saving_per_child_week,
        cast(carers.carers as bigint) as carers_on_31_march,
        cast(carers.paid_children * 1.0 / nullif(carers.carers, 0) as double)
            as children_per_carer,
        cast(
            (by_year.pvi_weekly_cost - by_year.in_house_weekly_cost)
            * ({{ dbt.datediff('by_year.period_start', 'by_year.period_end', 'day') }} + 1) / 7.0
            * carers.paid_children / nullif(carers.carers, 0) as double
        ) as saving_per_carer_year
    from by_year
    left join carers
        on by_year.area_code = carers.area_code and by_year.period_label = carers.period_label
)

select * from savings
