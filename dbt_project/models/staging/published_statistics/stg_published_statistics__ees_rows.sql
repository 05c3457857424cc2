with ees_rows as (
    select * from {{ source('published_statistics', 'ees_rows') }}
),

deliveries as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

areas as (
    select * from {{ ref('ref_areas') }}
),

rows_in_force as (
    select
        ees_rows._delivery_id as delivery_id,
        ees_rows._source_line as source_line,
        trim(ees_rows.time_period) as source_period,
        trim(ees_rows.time_identifier) as year_type,
        ees_rows.geographic_level,
        case lower(trim(ees_rows.geographic_level))
            when 'national' then trim(ees_rows.country_code)
            when 'regional' then trim(ees_rows.region_code)
            else coalesce(trim(ees_rows.old_la_code), trim(ees_rows.new_la_code))
        end as published_area_code
    from ees_rows
    inner join deliveries on ees_rows._delivery_id = deliveries.delivery_id
),

distinct_codes as (
    select distinct published_area_code
    from rows_in_force
),

-- Authorities are known by DfE number, or by ONS code where a file has no other. Two authorities
-- with one joint service share a row, as `314 / 318`: it is a row of each.
codes_read as (
    select
        distinct_codes.published_area_code,
        areas.la_code,
        distinct_codes.published_area_code like '% / %' as is_joint
    from distinct_codes
    left join areas
        on
            distinct_codes.published_area_code = areas.area_code
            or (
                ' / ' || distinct_codes.published_area_code || ' / '
                like '% / ' || areas.la_code || ' / %'
                and areas.is_newest_code
            )
),

placed_rows as (
    select
        rows_in_force.delivery_id,
        rows_in_force.source_line,
        codes_read.la_code,
        codes_read.is_joint,
        rows_in_force.source_period,
        rows_in_force.year_type,
        rows_in_force.geographic_level,
        rows_in_force.published_area_code
    from rows_in_force
    inner join codes_read
        on rows_in_force.published_area_code is not distinct from codes_read.published_area_code
)

select * from placed_rows
