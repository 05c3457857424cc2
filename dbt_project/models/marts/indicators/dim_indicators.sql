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
        measure,
        numerator,
        denominator,
        measure_column
    from catalogue
)

select * from indicators
