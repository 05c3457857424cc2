with measurements as (
    select * from {{ ref('stg_ncmp__measurements') }}
    where
        coalesce(measurement_year, extract(year from period_end)) = extract(year from period_end)
        and measured_count <= eligible_count
        and obese_count <= measured_count
),

-- An area and age group said twice counts as said last; what cannot be, more measured than there
-- are, counts not at all.
newest_rows as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        area_code as counted_area_code,
        age_group,
        eligible_count,
        measured_count,
        obese_count,
        _delivery_id,
        _source_file,
        _source_line
    from measurements
    qualify row_number() over (
            partition by la_code, period_label, area_code, age_group
            order by _delivery_id desc, _source_line desc
        ) = 1
)

select * from newest_rows
