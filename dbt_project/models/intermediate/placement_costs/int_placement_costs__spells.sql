with nights as (
    select * from {{ ref('int_placement_costs__nights') }}
),

returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

children as (
    select
        la_code,
        child_id,
        max_by(date_of_birth, period_label) as date_of_birth
    from {{ ref('int_looked_after__children') }}
    where date_of_birth is not null
    group by all
),

-- Years that follow one another, so that a gap between them does not look like leaving care.
year_ends as (
    select
        la_code,
        period_label,
        period_start,
        cast({{ dbt.dateadd('day', 1, 'known_until') }} as date) as first_unknown_day,
        coalesce(
            lag(period_end) over (partition by la_code order by period_start)
            = cast({{ dbt.dateadd('day', -1, 'period_start') }} as date),
            false
        ) as follows_a_year,
        coalesce(
            lead(period_start) over (partition by la_code order by period_start)
            = cast({{ dbt.dateadd('day', 1, 'period_end') }} as date),
            false
        ) as is_followed_by_a_year
    from returns
),

in_years as (
    select
        nights.area_code,
        nights.la_code,
        nights.child_id,
        nights.placement_category,
        nights.span_start_date,
        nights.span_end_date,
        nights.span_start_date = year_ends.period_start and not year_ends.follows_a_year
            as starts_unseen,
        nights.span_end_date = year_ends.first_unknown_day
        and not year_ends.is_followed_by_a_year as ends_unseen
    from nights
    inner join year_ends
        on nights.la_code = year_ends.la_code and nights.period_label = year_ends.period_label
),

with_neighbours as (
    select
        *,
        coalesce(
            lag(span_end_date) over (
                partition by la_code, child_id order by span_start_date
            ) = span_start_date,
            false
        ) as follows_directly,
        lag(placement_category) over (
            partition by la_code, child_id order by span_start_date
        ) as category_before
    from in_years
),

numbered as (
    select
        *,
        sum(
            case when follows_directly and category_before = placement_category then 0 else 1 end
        ) over (
            partition by la_code, child_id
            order by span_start_date
            rows between unbounded preceding and current row
        ) as spell_number
    from with_neighbours
),

merged as (
    select
        area_code,
        la_code,
        child_id,
        spell_number,
        min(placement_category) as placement_category,
        min(span_start_date) as spell_start_date,
        max(span_end_date) as spell_end_date,
        min_by(follows_directly, span_start_date) as is_move,
        min_by(starts_unseen, span_start_date) as starts_unseen,
        max_by(ends_unseen, span_start_date) as ends_unseen
    from numbered
    group by all
),

spells as (
    select
        merged.area_code,
        merged.la_code,
        merged.child_id,
        merged.spell_number,
        merged.placement_category,
        merged.spell_start_date,
        case when not merged.ends_unseen then merged.spell_end_date end as spell_end_date,
        merged.is_move,
        merged.starts_unseen,
        case
            when
                lead(merged.is_move) over (
                    partition by merged.la_code, merged.child_id order by merged.spell_number
                )
                then lead(merged.placement_category) over (
                        partition by merged.la_code, merged.child_id order by merged.spell_number
                    )
        end as next_category,
        children.date_of_birth
    from merged
    left join children
        on merged.la_code = children.la_code and merged.child_id = children.child_id
)

select * from spells
