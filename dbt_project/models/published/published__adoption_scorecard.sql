{% set limit = var('small_number_limit') | int %}

with scorecard as (
    select * from {{ ref('adoption_scorecard') }}
),

published_figures as (
    select * from {{ ref('published__fct_indicator_values') }}
    where breakdown = 'total' and version = 'outturn' and basis <> 'published'
),

shown_years as (
    select
        indicator_id,
        area_code,
        period_end
    from published_figures
    where period_type = 'financial_year' and value is not null
    group by all
),

-- What a document has published is shown as it was; a figure of ours where it may be.
judged as (
    select
        scorecard.*,
        scorecard.basis <> 'published' and coalesce(published_figures.status = 'suppressed', false)
            as is_withheld,
        shown_years.indicator_id is not null as is_last_year_shown
    from scorecard
    left join published_figures
        on scorecard.measure_id = published_figures.indicator_id
            and scorecard.area_code = published_figures.area_code
            and scorecard.period_label = published_figures.period_label
            and scorecard.basis = published_figures.basis
            and published_figures.period_type = 'three_year'
    left join shown_years
        on scorecard.measure_id = shown_years.indicator_id
            and scorecard.area_code = shown_years.area_code
            and scorecard.period_end = shown_years.period_end
),

with_value_before as (
    select
        judged.*,
        coalesce(earlier.is_withheld, false) as is_withheld_before
    from judged
    left join judged as earlier
        on judged.measure_id = earlier.measure_id
            and judged.area_code = earlier.area_code
            and earlier.period_start
            = cast({{ dbt.dateadd('month', -12, 'judged.period_start') }} as date)
),

suppressed as (
    select
        measure_id,
        area_code,
        period_label,
        period_start,
        period_end,
        title,
        unit,
        decimals,
        polarity,
        basis,
        case when is_withheld then 'suppressed' else status end as status,
        case when not is_withheld then value end as value,
        case when not is_withheld then children end as children,
        threshold,
        case when not is_withheld then meets_threshold end as meets_threshold,
        case when not is_withheld then distance_to_threshold end as distance_to_threshold,
        -- How many long journeys stand in the way is a count of children like any other.
        case
            when not is_withheld and children_to_threshold not between 1 and {{ limit }}
                then children_to_threshold
        end as children_to_threshold,
        england_value,
        national_rank,
        ranked_authorities,
        case when not is_withheld_before then previous_value end as previous_value,
        case when not is_withheld and not is_withheld_before then change end as change,
        case when is_last_year_shown then last_year_value end as last_year_value,
        published_value,
        published_source,
        case
            when is_withheld
                then 'Withheld: it rests on a small number of children, or would give one away.'
            else note
        end as note
    from with_value_before
)

select * from suppressed
