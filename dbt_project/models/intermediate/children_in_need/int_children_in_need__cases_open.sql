with month_ends as (
    select * from {{ ref('int_returns__month_ends') }}
    where return_name = 'cin_census'
),

referrals as (
    select * from {{ ref('int_children_in_need__referrals') }}
),

-- A referral without further action is no episode of need.
episodes_of_need as (
    select * from referrals
    where not is_without_further_action and not is_closed_before_it_began
),

open_on_day as (
    select
        month_ends.area_code,
        month_ends.month_label,
        month_ends.month_start,
        month_ends.month_end,
        month_ends.is_year_end,
        month_ends.is_past,
        episodes_of_need.la_code,
        episodes_of_need.period_label,
        episodes_of_need.period_start,
        episodes_of_need.period_end,
        episodes_of_need.child_id,
        episodes_of_need.referral_date,
        episodes_of_need.category_of_need,
        episodes_of_need._delivery_id,
        episodes_of_need._source_file,
        episodes_of_need._source_line
    from episodes_of_need
    inner join month_ends
        on episodes_of_need.la_code = month_ends.la_code
            and episodes_of_need.period_label = month_ends.year_label
            and episodes_of_need.referral_date <= month_ends.month_end
            and (
                episodes_of_need.closure_date is null
                or episodes_of_need.closure_date > month_ends.month_end
            )
    where month_ends.is_past or month_ends.is_year_end
),

-- A child with two open cases is one child; the latest referral describes it.
one_of_a_child as (
    select * from open_on_day
    qualify row_number() over (
            partition by la_code, period_label, child_id, month_end
            order by referral_date desc
        ) = 1
)

select * from one_of_a_child
