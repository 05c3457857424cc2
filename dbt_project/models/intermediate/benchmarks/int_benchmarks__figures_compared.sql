with figures_chosen as (
    select * from {{ ref('int_benchmarks__figures_chosen') }}
),

neighbours_listed as (
    select * from {{ ref('int_benchmarks__neighbours_listed') }}
),

neighbours_averaged as (
    select * from {{ ref('int_benchmarks__neighbours_averaged') }}
),

regions_assigned as (
    select * from {{ ref('int_benchmarks__regions_assigned') }}
),

regions_resolved as (
    select * from {{ ref('int_benchmarks__regions_resolved') }}
),

authorities_ranked as (
    select * from {{ ref('int_benchmarks__authorities_ranked') }}
),

england_figures as (
    select
        period_id,
        value
    from figures_chosen
    where area_type = 'country'
),

ranked_periods as (
    select
        period_id,
        max(ranked_authorities) as ranked_authorities
    from authorities_ranked
    group by all
),

authorities_with_neighbours as (
    select distinct la_code
    from neighbours_listed
),

compared as (
    select
        figures_chosen.period_id,
        figures_chosen.measure_number,
        figures_chosen.period_position,
        figures_chosen.la_code,
        figures_chosen.area_type,
        figures_chosen.value,
        figures_chosen.status,
        figures_chosen.delivery_id,
        neighbours_averaged.neighbour_mean,
        case
            when authorities_with_neighbours.la_code is not null
                then coalesce(neighbours_averaged.neighbour_count, 0)
        end as neighbour_count,
        regions_resolved.value as region_value,
        england_figures.value as england_value,
        authorities_ranked.rank_from_smallest,
        authorities_ranked.rank_from_largest,
        authorities_ranked.quarter_from_smallest,
        case
            when figures_chosen.area_type = 'local_authority'
                then coalesce(ranked_periods.ranked_authorities, 0)
        end as ranked_authorities
    from figures_chosen
    left join authorities_with_neighbours
        on figures_chosen.la_code = authorities_with_neighbours.la_code
    left join neighbours_averaged
        on
            figures_chosen.period_id = neighbours_averaged.period_id
            and figures_chosen.la_code = neighbours_averaged.la_code
    left join regions_assigned on figures_chosen.la_code = regions_assigned.la_code
    left join regions_resolved
        on
            figures_chosen.period_id = regions_resolved.period_id
            and regions_assigned.region_la_code = regions_resolved.la_code
    left join england_figures on figures_chosen.period_id = england_figures.period_id
    left join authorities_ranked
        on
            figures_chosen.period_id = authorities_ranked.period_id
            and figures_chosen.la_code = authorities_ranked.la_code
    left join ranked_periods on figures_chosen.period_id = ranked_periods.period_id
),

-- The label just before is the measure's, whether or not it is a year before: an area without a
-- row for that label has no number to compare with, so an earlier row of it does not count.
with_previous as (
    select
        compared.*,
        lag(compared.period_position) over area_labels
        = compared.period_position - 1 as has_previous_label,
        lag(compared.value) over area_labels as previous_value,
        lag(compared.neighbour_mean) over area_labels as previous_neighbour_mean,
        lag(compared.region_value) over area_labels as previous_region_value,
        lag(compared.england_value) over area_labels as previous_england_value
    from compared
    window area_labels as (partition by measure_number, la_code order by period_position)
),

changes as (
    select
        period_id,
        la_code,
        area_type,
        value,
        status,
        delivery_id,
        neighbour_mean,
        neighbour_count,
        region_value,
        england_value,
        rank_from_smallest,
        rank_from_largest,
        quarter_from_smallest,
        ranked_authorities,
        case when has_previous_label then value - previous_value end as change,
        case when has_previous_label then neighbour_mean - previous_neighbour_mean end
            as neighbour_mean_change,
        case when has_previous_label then region_value - previous_region_value end
            as region_change,
        case when has_previous_label then england_value - previous_england_value end
            as england_change
    from with_previous
)

select * from changes
