with figures as (
    select * from {{ ref('int_placement_costs__figures') }}
),

cost_values as (
    select
        indicator_id,
        area_code,
        'financial_year' as period_type,
        period_label,
        breakdown,
        breakdown_value,
        version,
        period_start,
        period_end,
        numerator,
        denominator,
        value,
        status,
        note,
        child_count
    from figures
)

select * from cost_values
