with deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

areas as (
    select * from {{ ref('ref_areas') }}
    where area_type = 'local_authority' and is_newest_code
),

-- An authority without an ONS code (an invented one) goes by its DfE number.
tables_in_force as (
    select distinct
        coalesce(areas.area_code, deliveries_in_force.la_code) as area_code,
        deliveries_in_force.la_code,
        deliveries_in_force.return_name,
        deliveries_in_force.table_name,
        deliveries_in_force.period_label
    from deliveries_in_force
    left join areas on deliveries_in_force.la_code = areas.la_code
    where deliveries_in_force.la_code is not null
)

select * from tables_in_force
