with costs as (
    select * from {{ ref('placement_costs') }}
    where is_whole_year and nights is not null
),

-- Every category of a year and of the year before it, where both were sent.
pairs as (
    select distinct
        costs.area_code,
        costs.period_label,
        costs.period_start,
        costs.period_end,
        earlier.period_label as previous_period_label
    from costs
    inner join costs as earlier
        on costs.area_code = earlier.area_code
            and earlier.period_end
            = cast({{ dbt.dateadd('day', -1, 'costs.period_start') }} as date)
),

categories as (
    select
        pairs.area_code,
        pairs.period_label,
        pairs.previous_period_label,
        costs.placement_category
    from pairs
    inner join costs
        on pairs.area_code = costs.area_code
            and costs.period_label in (pairs.period_label, pairs.previous_period_label)
    group by all
),

compared as (
    select
        categories.area_code,
        categories.period_label,
        categories.previous_period_label,
        categories.placement_category,
        coalesce(costs.nights, 0) as nights,
        coalesce(earlier.nights, 0) as previous_nights,
        coalesce(costs.children, 0) as children,
        coalesce(earlier.children, 0) as previous_children,
        cast(coalesce(costs.gross_spend, 0) as decimal(18, 2)) as spend,
        cast(coalesce(earlier.gross_spend, 0) as decimal(18, 2)) as previous_spend,
        sum(coalesce(costs.nights, 0)) over (
            partition by categories.area_code, categories.period_label
        ) as all_nights,
        sum(coalesce(earlier.nights, 0)) over (
            partition by categories.area_code, categories.period_label
        ) as previous_all_nights
    from categories
    left join costs
        on categories.area_code = costs.area_code
            and categories.period_label = costs.period_label
            and categories.placement_category = costs.placement_category
    left join costs as earlier
        on categories.area_code = earlier.area_code
            and categories.previous_period_label = earlier.period_label
            and categories.placement_category = earlier.placement_category
),

-- A category that is new has no price of the year before: it is valued at this year's, so that its
-- spending is mix and not price.
priced as (
    select
        *,
        case
            when previous_nights > 0 then cast(previous_spend as double) / previous_nights
            when nights > 0 then cast(spend as double) / nights
            else 0
        end as previous_price,
        coalesce(
            cast(previous_nights as double) / nullif(previous_all_nights, 0),
            cast(nights as double) / nullif(all_nights, 0),
            0
        ) as previous_share
    from compared
),

-- Volume: more or fewer nights at last year's shares and prices. Mix: the shares as they are now,
-- at last year's prices. Price is what is left, so that the three add up to the penny.
effects as (
    select
        *,
        cast(spend - previous_spend as decimal(18, 2)) as total_change,
        cast(
            (all_nights - previous_all_nights) * previous_share * previous_price as decimal(18, 2)
        ) as volume_effect,
        cast(
            (nights - all_nights * previous_share) * previous_price as decimal(18, 2)
        ) as mix_effect
    from priced
),

variance as (
    select
        area_code,
        period_label,
        placement_category,
        cast(total_change - volume_effect - mix_effect as decimal(18, 2)) as price_effect,
        volume_effect,
        mix_effect,
        total_change,
        previous_period_label,
        cast(nights as bigint) as nights,
        cast(previous_nights as bigint) as previous_nights,
        cast(children as bigint) as children,
        cast(previous_children as bigint) as previous_children,
        spend,
        previous_spend
    from effects
)

select * from variance
