with indicators as (
    select * from {{ ref('dim_indicators') }}
),

children_looked_after as (
    select * from {{ ref('pop_children_looked_after') }}
),

care_starters as (
    select * from {{ ref('pop_care_starters') }}
),

members as (
    select
        'pop_children_looked_after' as population,
        area_code,
        period_label,
        member_id,
        child_id,
        age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        placement_type,
        legal_status,
        category_of_need,
        uasc
    from children_looked_after
    union all
    select
        'pop_care_starters' as population,
        area_code,
        period_label,
        member_id,
        child_id,
        age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        placement_type,
        legal_status,
        category_of_need,
        uasc
    from care_starters
),

flags as (
    select
        'pop_children_looked_after' as population,
        member_id,
        flag,
        is_set
    from children_looked_after
    unpivot (is_set for flag in (is_looked_after, has_three_or_more_placements))
    union all
    select
        'pop_care_starters' as population,
        member_id,
        flag,
        is_set
    from care_starters
    unpivot (is_set for flag in (is_care_starter))
),

measures as (
    select
        'pop_children_looked_after' as population,
        member_id,
        measure_column,
        measure
    from children_looked_after
    unpivot (measure for measure_column in (placement_count))
),

-- A count names no denominator and a mean no numerator: the one they name serves as both.
member_flags as (
    select
        indicators.indicator_id,
        members.area_code,
        members.period_label,
        members.population,
        members.member_id,
        members.child_id,
        coalesce(denominators.is_set, numerators.is_set) as in_denominator,
        coalesce(numerators.is_set, true) and coalesce(denominators.is_set, true)
            as in_numerator,
        cast(measures.measure as double) as measure,
        members.age_band,
        members.sex,
        members.ethnic_group,
        members.minority_ethnic,
        members.placement_type,
        members.legal_status,
        members.category_of_need,
        members.uasc
    from indicators
    inner join members on indicators.population = members.population
    left join flags as numerators
        on members.population = numerators.population
            and members.member_id = numerators.member_id
            and indicators.numerator = numerators.flag
    left join flags as denominators
        on members.population = denominators.population
            and members.member_id = denominators.member_id
            and indicators.denominator = denominators.flag
    left join measures
        on members.population = measures.population
            and members.member_id = measures.member_id
            and indicators.measure_column = measures.measure_column
    where numerators.member_id is not null or denominators.member_id is not null
)

select * from member_flags
