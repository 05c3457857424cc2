with episodes as (
    select * from {{ source('ssda903', 'episodes') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        deliveries_in_force.la_code,
        deliveries_in_force.period_label,
        {{ financial_year_start('deliveries_in_force.period_label') }} as period_start,
        {{ financial_year_end('deliveries_in_force.period_label') }} as period_end,
        {{ clean_identifier('episodes.child') }} as child_id,
        {{ parse_date('episodes.decom') }} as episode_start_date,
        {{ clean_code('episodes.rne') }} as start_reason_code,
        {{ clean_code('episodes.ls') }} as legal_status_code,
        {{ clean_code('episodes.cin') }} as category_of_need_code,
        {{ clean_code('episodes.place') }} as placement_type_code,
        {{ clean_code('episodes.place_provider') }} as placement_provider_code,
        {{ parse_date('episodes.dec') }} as episode_end_date,
        {{ clean_code('episodes.rec') }} as end_reason_code,
        {{ clean_code('episodes.reason_place_change') }} as placement_change_reason_code,
        {{ clean_postcode('episodes.home_post') }} as home_postcode,
        {{ clean_postcode('episodes.pl_post') }} as placement_postcode,
        {{ clean_code('episodes.urn') }} as provider_urn,
        {{ clean_code('episodes.pl_la') }} as placement_la_code,
        {{ parse_number('episodes.pl_distance') }} as placement_distance_miles,
        {{ clean_code('episodes.pl_location') }} as placement_location_code,
        episodes._delivery_id,
        episodes._source_file,
        episodes._source_line
    from episodes
    inner join deliveries_in_force
        on episodes._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
