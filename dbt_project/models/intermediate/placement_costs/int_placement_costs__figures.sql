with years as (
    select * from {{ ref('int_placement_costs__years') }}
),

categories as (
    select * from {{ ref('int_placement_costs__categories') }}
),

nights as (
    select * from {{ ref('int_placement_costs__nights') }}
),

children_on_31_march as (
    select * from {{ ref('int_looked_after__children_on_31_march') }}
    where not is_short_break
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

ledger as (
    select * from {{ ref('int_placement_costs__ledger') }}
),

ledger_lines as (
    select * from {{ ref('stg_budget_ledger__lines') }}
),

ledger_accounts as (
    select * from {{ ref('ref_ledger_accounts') }}
),

outturn_lines as (
    select * from {{ ref('stg_section251__outturn_lines') }}
),

outturn_measures as (
    select * from {{ ref('ref_section_251_lines') }}
),

-- The groups that the weekly costs are printed for: both kinds of homes are one of them.
groups_of_children as (
    select
        la_code,
        period_label,
        case placement_category
            when 'in_house_fostering' then 'PC1'
            when 'pvi_fostering' then 'PC2'
            else 'PC3'
        end as indicator_id,
        count(distinct child_id) as child_count
    from nights
    where placement_category in ('in_house_fostering', 'pvi_fostering', 'residential', 'secure')
    group by all
),

groups as (
    select
        la_code,
        period_label,
        case placement_category
            when 'in_house_fostering' then 'PC1'
            when 'pvi_fostering' then 'PC2'
            else 'PC3'
        end as indicator_id,
        sum(nights) / 7.0 as weeks,
        sum(fee_nights) / 7.0 as fee_weeks,
        sum(allowances) as allowances,
        sum(fees) as fees,
        sum(counted_gross) as counted_gross,
        sum(counted_net) as counted_net,
        sum(gross_spend) as gross_spend
    from categories
    where placement_category in ('in_house_fostering', 'pvi_fostering', 'residential', 'secure')
    group by all
),

-- The allowance alone is PC1; the fee is a mean over the weeks that a fee was paid for, and is not
-- added to it but where a row says so (edge case 117).
weekly_costs as (
    select
        la_code,
        period_label,
        indicator_id,
        'total' as breakdown,
        'total' as breakdown_value,
        case when indicator_id = 'PC1' then allowances else counted_gross end as numerator,
        weeks as denominator
    from groups
    union all
    select
        la_code,
        period_label,
        indicator_id,
        'payment_type' as breakdown,
        'fee' as breakdown_value,
        fees as numerator,
        fee_weeks as denominator
    from groups
    where indicator_id = 'PC1'
    union all
    select
        la_code,
        period_label,
        indicator_id,
        'payment_type' as breakdown,
        'allowance and fee' as breakdown_value,
        coalesce(allowances, 0) + coalesce(fees, 0) as numerator,
        weeks as denominator
    from groups
    where indicator_id = 'PC1'
    union all
    select
        la_code,
        period_label,
        indicator_id,
        'payer' as breakdown,
        'net of health and education' as breakdown_value,
        counted_net as numerator,
        weeks as denominator
    from groups
    where indicator_id = 'PC3'
),

unit_cost_divisors as (
    select
        la_code,
        period_label,
        'PC7' as indicator_id,
        count(distinct child_id) as denominator
    from nights
    where
        is_there_on_31_march
        and placement_category in ('in_house_fostering', 'pvi_fostering', 'other_la_fostering')
    group by all
    union all
    -- Weeks of care in homes, and no count of a day, unlike the others (edge case 122).
    select
        la_code,
        period_label,
        'PC8' as indicator_id,
        sum(night_count) / 7.0 as denominator
    from nights
    where placement_type_code in ('K1', 'K2', 'R1', 'S1')
    group by all
    union all
    select
        children_on_31_march.la_code,
        children_on_31_march.period_label,
        'PC9' as indicator_id,
        count(distinct children_on_31_march.child_id) as denominator
    from children_on_31_march
    inner join histories
        on children_on_31_march.la_code = histories.la_code
            and children_on_31_march.period_label = histories.period_label
            and children_on_31_march.child_id = histories.child_id
            and children_on_31_march.episode_number = histories.episode_number
    where histories.legal_status_code in ('D1', 'E1')
    group by all
    union all
    select
        la_code,
        period_label,
        'PC10' as indicator_id,
        count(distinct child_id) as denominator
    from children_on_31_march
    group by all
),

children_in_homes as (
    select
        la_code,
        period_label,
        count(distinct child_id) as child_count
    from nights
    where placement_type_code in ('K1', 'K2', 'R1', 'S1')
    group by all
),

outturn as (
    select
        outturn_lines.la_code,
        outturn_lines.period_label,
        case outturn_measures.measure
            when 'fostering' then 'PC7'
            when 'residential' then 'PC8'
            when 'adoption' then 'PC9'
            else 'PC10'
        end as indicator_id,
        sum(outturn_lines.gross_amount) as gross_amount
    from outturn_lines
    inner join outturn_measures on lower(outturn_lines.line_name) = outturn_measures.line_name
    group by all
),

unit_costs as (
    select
        outturn.la_code,
        outturn.period_label,
        outturn.indicator_id,
        outturn.gross_amount as numerator,
        unit_cost_divisors.denominator,
        case
            when outturn.indicator_id = 'PC8'
                then outturn.gross_amount / nullif(unit_cost_divisors.denominator, 0)
            else
                outturn.gross_amount * 7.0 / 365 / nullif(unit_cost_divisors.denominator, 0)
        end as weekly_cost,
        case
            when outturn.indicator_id = 'PC8' then children_in_homes.child_count
            else unit_cost_divisors.denominator
        end as child_count
    from outturn
    left join unit_cost_divisors
        on outturn.la_code = unit_cost_divisors.la_code
            and outturn.period_label = unit_cost_divisors.period_label
            and outturn.indicator_id = unit_cost_divisors.indicator_id
    left join children_in_homes
        on outturn.la_code = children_in_homes.la_code
            and outturn.period_label = children_in_homes.period_label
),

-- Sums: what was spent on the groups, and what the ledger says of the whole service.
sums as (
    select
        la_code,
        period_label,
        case indicator_id when 'PC1' then 'PC4' when 'PC2' then 'PC5' else 'PC6' end
            as indicator_id,
        'outturn' as version,
        gross_spend as amount
    from groups
    union all
    select
        la_code,
        period_label,
        'PC13' as indicator_id,
        'outturn' as version,
        sum(gross_amount) as amount
    from ledger
    group by all
    union all
    select
        la_code,
        period_label,
        'PC14' as indicator_id,
        'outturn' as version,
        sum(net_amount) as amount
    from ledger
    group by all
    union all
    select
        la_code,
        period_label,
        'PC13' as indicator_id,
        'target' as version,
        sum(amount) as amount
    from ledger_lines
    where figure_type = 'latest_budget' and line_type = 'expenditure'
    group by all
    union all
    select
        la_code,
        period_label,
        'PC14' as indicator_id,
        'target' as version,
        sum(amount) as amount
    from ledger_lines
    where figure_type = 'latest_budget'
    group by all
    union all
    select
        la_code,
        period_label,
        'PC15' as indicator_id,
        'outturn' as version,
        sum(amount) as amount
    from ledger_lines
    where figure_type = 'saving'
    group by all
    union all
    -- What is received is told as a positive sum.
    select
        ledger.la_code,
        ledger.period_label,
        ledger_accounts.indicator_id,
        'outturn' as version,
        sum(coalesce(ledger.gross_amount, ledger.income_amount)) as amount
    from ledger
    inner join ledger_accounts
        on ledger.la_code = ledger_accounts.la_code
            and ledger.cost_centre_code = ledger_accounts.cost_centre_code
            and ledger.account_code = ledger_accounts.account_code
    group by all
),

worked_out as (
    select
        weekly_costs.la_code,
        weekly_costs.period_label,
        weekly_costs.indicator_id,
        weekly_costs.breakdown,
        weekly_costs.breakdown_value,
        'outturn' as version,
        weekly_costs.numerator,
        weekly_costs.denominator,
        weekly_costs.numerator / nullif(weekly_costs.denominator, 0) as value,
        groups_of_children.child_count
    from weekly_costs
    left join groups_of_children
        on weekly_costs.la_code = groups_of_children.la_code
            and weekly_costs.period_label = groups_of_children.period_label
            and weekly_costs.indicator_id = groups_of_children.indicator_id
    union all
    -- To the nearest 5 pounds, as the Department prints them.
    select
        la_code,
        period_label,
        indicator_id,
        'total' as breakdown,
        'total' as breakdown_value,
        'outturn' as version,
        numerator,
        denominator,
        5 * floor(weekly_cost / 5 + 0.5) as value,
        child_count
    from unit_costs
    union all
    select
        la_code,
        period_label,
        indicator_id,
        'total' as breakdown,
        'total' as breakdown_value,
        version,
        amount as numerator,
        cast(null as double) as denominator,
        amount as value,
        cast(null as bigint) as child_count
    from sums
),

indicators_expected as (
    select expected.indicator_id
    from (
        values
        ('PC1'), ('PC2'), ('PC3'), ('PC4'), ('PC5'), ('PC6'), ('PC7'), ('PC8'), ('PC9'), ('PC10'),
        ('PC13'), ('PC14'), ('PC15'), ('PC16'), ('PC17'), ('PC18')
    ) as expected (indicator_id)
),

keys as (
    select
        years.la_code,
        years.period_label,
        indicators_expected.indicator_id,
        'total' as breakdown,
        'total' as breakdown_value,
        'outturn' as version
    from years
    cross join indicators_expected
    union
    select
        la_code,
        period_label,
        indicator_id,
        breakdown,
        breakdown_value,
        version
    from worked_out
),

with_status as (
    select
        years.area_code,
        keys.*,
        years.period_start,
        years.period_end,
        worked_out.numerator,
        worked_out.denominator,
        worked_out.value,
        worked_out.child_count,
        case
            when
                keys.indicator_id in ('PC7', 'PC8', 'PC9', 'PC10') and not years.is_whole_year
                then 'not_calculable'
            when worked_out.value is not null then 'final'
            when
                keys.indicator_id in ('PC1', 'PC2', 'PC3')
                and not (years.has_payments and years.has_episodes)
                then 'not_available'
            when
                keys.indicator_id in ('PC7', 'PC8', 'PC9', 'PC10')
                and not (years.has_outturn and years.has_episodes)
                then 'not_available'
            when
                keys.indicator_id in ('PC1', 'PC2', 'PC3', 'PC7', 'PC8', 'PC9', 'PC10')
                then 'not_applicable'
            else 'not_available'
        end as status,
        years.is_whole_year
    from keys
    inner join years
        on keys.la_code = years.la_code and keys.period_label = years.period_label
    left join worked_out
        on keys.la_code = worked_out.la_code
            and keys.period_label = worked_out.period_label
            and keys.indicator_id = worked_out.indicator_id
            and keys.breakdown = worked_out.breakdown
            and keys.breakdown_value = worked_out.breakdown_value
            and keys.version = worked_out.version
),

figures as (
    select
        indicator_id,
        area_code,
        la_code,
        period_label,
        breakdown,
        breakdown_value,
        version,
        period_start,
        period_end,
        case when status = 'final' then cast(numerator as double) end as numerator,
        case when status = 'final' then cast(denominator as double) end as denominator,
        case when status = 'final' then cast(value as double) end as value,
        status,
        cast(child_count as bigint) as child_count,
        case
            when status = 'not_calculable' then 'The year has not ended.'
            when status = 'not_applicable' then 'No nights or no children to divide by.'
            when
                status = 'not_available' and indicator_id in ('PC16', 'PC17', 'PC18')
                then 'The ledger has no account that ref_ledger_accounts lists.'
            when status = 'not_available' then 'The returns it rests on have not been sent.'
            when not is_whole_year and version = 'outturn' and indicator_id <> 'PC15'
                then 'The year so far.'
        end as note
    from with_status
)

select * from figures
