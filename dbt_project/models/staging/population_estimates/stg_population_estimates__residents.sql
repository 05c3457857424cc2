with residents as (
    select * from {{ source('population_estimates', 'residents') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        {{ clean_identifier('residents.area') }} as area_code,
        {{ parse_integer('residents.year') }} as estimate_year,
        {{ clean_text('residents.age_band') }} as age_band,
        coalesce({{ clean_text('residents.sex') }}, 'All') as sex_name,
        {{ parse_integer('residents.population') }} as resident_count,
        residents._delivery_id,
        residents._source_file,
        residents._source_line
    from residents
    inner join deliveries_in_force
        on residents._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
