with returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

episodes as (
    select * from {{ ref('int_looked_after__episodes') }}
),

care_leavers as (
    select * from {{ ref('stg_ssda903__care_leavers') }}
),

children_of_returns as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        child_id
    from episodes
    union distinct
    select
        la_code,
        period_label,
        period_start,
        period_end,
        child_id
    from care_leavers
    where child_id is not null and period_start is not null
),

returns_in_order as (
    select
        la_code,
        period_label,
        period_end,
        lead(period_label) over (
            partition by la_code
            order by period_start
        ) as next_period_label
    from returns
    where has_episodes_table
),

-- A return says anew where each of its children was when the return before it closed.
restated_children as (
    select distinct
        returns_in_order.la_code,
        returns_in_order.period_label,
        episodes.child_id
    from returns_in_order
    inner join episodes
        on returns_in_order.la_code = episodes.la_code
            and returns_in_order.next_period_label = episodes.period_label
            and returns_in_order.period_end >= episodes.episode_start_date
),

-- Of the returns before, what ended in their year counts. An episode they left open counts only if
-- no later return restates it, and then ends with its year: what followed is not known.
known_episodes as (
    select
        children_of_returns.la_code,
        children_of_returns.period_label,
        children_of_returns.period_start,
        children_of_returns.period_end,
        children_of_returns.child_id,
        episodes.period_start as returned_year_start,
        episodes.period_start = children_of_returns.period_start as is_in_return,
        episodes.episode_number as number_in_return,
        episodes.episode_start_date,
        case
            when
                episodes.is_open_at_period_end
                and episodes.period_start < children_of_returns.period_start
                then cast({{ dbt.dateadd('day', 1, 'episodes.period_end') }} as date)
            else episodes.episode_end_date
        end as episode_end_date,
        episodes.start_reason_code,
        episodes.end_reason_code,
        episodes.legal_status_code,
        episodes.category_of_need_code,
        episodes.placement_type_code,
        episodes.placement_provider_code,
        episodes.home_postcode,
        episodes.placement_postcode,
        episodes.provider_urn,
        episodes.placement_distance_miles,
        episodes.is_short_break,
        episodes.is_without_night,
        episodes.is_open_at_period_end
        and episodes.period_start = children_of_returns.period_start as is_open_at_period_end,
        episodes._delivery_id,
        episodes._source_file,
        episodes._source_line
    from children_of_returns
    inner join episodes
        on children_of_returns.la_code = episodes.la_code
            and children_of_returns.child_id = episodes.child_id
            and children_of_returns.period_start >= episodes.period_start
    left join restated_children
        on episodes.la_code = restated_children.la_code
            and episodes.period_label = restated_children.period_label
            and episodes.child_id = restated_children.child_id
    where
        episodes.period_start = children_of_returns.period_start
        or not episodes.is_open_at_period_end
        or restated_children.child_id is null
),

newest_rows as (
    select * from known_episodes
    qualify row_number() over (
            partition by la_code, period_label, child_id, episode_start_date, is_without_night
            order by returned_year_start desc, number_in_return desc
        ) = 1
),

numbered as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        cast(
            row_number() over (
                partition by la_code, period_label, child_id
                order by episode_start_date asc, is_without_night desc
            ) as integer
        ) as episode_number,
        is_in_return,
        episode_start_date,
        episode_end_date,
        start_reason_code,
        end_reason_code,
        legal_status_code,
        category_of_need_code,
        placement_type_code,
        placement_provider_code,
        home_postcode,
        placement_postcode,
        provider_urn,
        placement_distance_miles,
        is_short_break,
        is_without_night,
        is_open_at_period_end,
        _delivery_id,
        _source_file,
        _source_line
    from newest_rows
)

select * from numbered
