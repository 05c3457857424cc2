{% macro counted_members(members, indicators, periods, columns, are_split=false) -%}
    {#-
        Members of indicators beside every period they count in, and whether they count in its
        denominator and numerator. Each counts in the period of its return; where the indicator is
        monthly, an event counts in the month and the quarter of its day besides, and a stock as
        it was on their last day.
        Args: members: relation with `indicator_members`' columns, month_start and is_last_day.
        indicators: relation of the catalogue. periods: relation of `dim_periods`. columns: what to
        keep of a member besides. are_split: members have a column is_part, whether the row is there
        for months and quarters or for the return's own period; else each is there for both.
    -#}
    {%- set is_part = 'members.is_part' if are_split else 'countings.is_part' %}
    select
        members.indicator_id,
        members.area_code,
        coalesce(parts.period_type, members.period_type, indicators.period_type) as period_type,
        coalesce(
            parts.period_label,
            {{ label_of_period('indicators.period_type', 'members.period_label') }}
        ) as period_label,
        -- A count names no denominator and a mean no numerator: the one they name serves as both.
        -- The members of a ratio are of two kinds. A flag that is named and null does not apply to
        -- the member.
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
                or indicators.measure in ('rate', 'reduction', 'disproportionality', 'ratio')
                then coalesce(members.numerator_flag, false)
            else coalesce(members.numerator_flag and members.denominator_flag, false)
        end as in_numerator,
        members.comparison_flag as in_comparison_group,
        {%- for column in columns %}
        members.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ members }} as members
    inner join {{ indicators }} as indicators on members.indicator_id = indicators.indicator_id
    {%- if not are_split %}
    -- Not before the catalogue is joined: all members would stand in memory twice.
    cross join (
        select true as is_part
        union all
        select false as is_part
    ) as countings
    {%- endif %}
    -- The month itself and its quarter beside every month: members find both by the month of
    -- their day, where comparing days with periods would try each with every one.
    left join (
        select
            true as is_part,
            months.period_start as month_start,
            periods.period_type,
            periods.period_label,
            months.period_end = periods.period_end as is_last_month
        from {{ periods }} as months
        inner join {{ periods }} as periods
            on months.period_start between periods.period_start and periods.period_end
        where
            months.period_type = 'month'
            and periods.period_type in ('month', 'quarter')
    ) as parts
        on members.month_start = parts.month_start and {{ is_part }} = parts.is_part
    where
        (members.numerator_flag is not null or members.denominator_flag is not null)
        and case
            when not {{ is_part }}
                then members.population <> coalesce(indicators.monthly_population, '')
            when parts.period_type is null then false
            when members.population = indicators.monthly_population
                then members.is_last_day and parts.is_last_month
            else indicators.is_monthly and indicators.monthly_population is null
        end
{%- endmacro %}
