-- A view: millions of rows of which a reader wants one indicator's, and what counts them needs few
-- of the columns. Written out, they took longer than all the rest of the marts.
{{ config(materialized='view') }}

with members as (
    select * from {{ ref('fct_indicator_members') }}
    where counted_on <= cast('{{ var("as_at") }}' as date)
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

periods as (
    select * from {{ ref('dim_periods') }}
    where period_type in ('month', 'quarter')
),

-- The month itself and its quarter beside every month: members find both by the month of their
-- day, where comparing days with periods would try each with every one.
periods_of_months as (
    select
        months.period_start as month_start,
        periods.period_type,
        periods.period_label,
        periods.period_end
    from periods as months
    inner join periods
        on months.period_start between periods.period_start and periods.period_end
    where months.period_type = 'month'
),

-- A count names no denominator and a mean no numerator: the one they name serves as both. The
-- members of a ratio are of two kinds. A flag that is named and null does not apply to the member.
counted as (
    select
        members.indicator_id,
        coalesce(members.period_type, indicators.period_type) as period_type,
        members.area_code,
        {{ label_of_period('indicators.period_type', 'members.period_label') }} as period_label,
        members.population,
        members.member_id,
        members.child_id,
        members.counted_on,
        cast({{ dbt.date_trunc('month', 'members.counted_on') }} as date) as month_start,
        members.population = coalesce(indicators.monthly_population, '') as is_month_end,
        indicators.monthly_population is null as has_no_month_ends,
        indicators.is_monthly,
        case
            when
                indicators.denominator is null
                or indicators.measure in ('rate', 'reduction', 'disproportionality')
                then coalesce(members.numerator_flag, false)
            else coalesce(members.denominator_flag, false)
        end as in_denominator,
        case
            when indicators.numerator is null then coalesce(members.denominator_flag, false)
            when
                indicators.denominator is null
                or indicators.measure in ('rate', 'reduction', 'disproportionality')
                then coalesce(members.numerator_flag, false)
            when indicators.measure = 'ratio' then coalesce(members.numerator_flag, false)
            else coalesce(members.numerator_flag and members.denominator_flag, false)
        end as in_numerator,
        members.comparison_flag as in_comparison_group,
        members.measure,
        members.age_band,
        members.sex,
        members.ethnic_group,
        members.minority_ethnic,
        members.disability,
        members.locality,
        members.placement_type,
        members.legal_status,
        members.category_of_need,
        members.uasc,
        members.social_care_status,
        members.duration,
        members.disability_kind,
        members.leaving_reason,
        members.leaver_activity,
        members.age_at_order,
        members.audit_grade,
        members.pupil_ethnic_group,
        members.reason,
        members.delivery_id,
        members.source_file,
        members.source_line
    from members
    inner join indicators on members.indicator_id = indicators.indicator_id
    where members.numerator_flag is not null or members.denominator_flag is not null
),

in_year as (
    select
        indicator_id,
        area_code,
        period_type,
        period_label,
        population,
        member_id,
        child_id,
        counted_on,
        in_denominator,
        in_numerator,
        in_comparison_group,
        measure,
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
        social_care_status,
        duration,
        disability_kind,
        leaving_reason,
        leaver_activity,
        age_at_order,
        audit_grade,
        pupil_ethnic_group,
        reason,
        delivery_id,
        source_file,
        source_line
    from counted
    where not is_month_end
),

-- An event counts in the month and the quarter of its day; a stock, as it was at their ends.
in_month_and_quarter as (
    select
        counted.indicator_id,
        counted.area_code,
        periods_of_months.period_type,
        periods_of_months.period_label,
        counted.population,
        counted.member_id,
        counted.child_id,
        counted.counted_on,
        counted.in_denominator,
        counted.in_numerator,
        counted.in_comparison_group,
        counted.measure,
        counted.age_band,
        counted.sex,
        counted.ethnic_group,
        counted.minority_ethnic,
        counted.disability,
        counted.locality,
        counted.placement_type,
        counted.legal_status,
        counted.category_of_need,
        counted.uasc,
        counted.social_care_status,
        counted.duration,
        counted.disability_kind,
        counted.leaving_reason,
        counted.leaver_activity,
        counted.age_at_order,
        counted.audit_grade,
        counted.pupil_ethnic_group,
        counted.reason,
        counted.delivery_id,
        counted.source_file,
        counted.source_line
    from counted
    inner join periods_of_months on counted.month_start = periods_of_months.month_start
    where
        counted.is_monthly and not counted.is_month_end and counted.has_no_month_ends
        or counted.is_month_end and counted.counted_on = periods_of_months.period_end
),

flags as (
    select * from in_year
    union all
    select * from in_month_and_quarter
)

select * from flags
