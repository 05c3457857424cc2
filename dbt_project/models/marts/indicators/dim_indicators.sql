with catalogue as (
    select * from {{ ref('indicator_catalogue') }}
),

indicators as (
    select
        indicator_id,
        family,
        title,
        description,
        numerator_rule,
        denominator_rule,
        unit,
        polarity,
        period_type,
        period_basis,
        multiplier,
        decimals,
        source_return,
        owner,
        guidance_reference,
        outcome_area,
        priority,
        effective_from,
        effective_to,
        population,
        monthly_population,
        is_monthly,
        measure,
        numerator,
        denominator,
        comparison,
        measure_column
    from catalogue
)

select * from indicators
