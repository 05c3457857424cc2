with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'ks4_results'
),

pupils as (
    select * from {{ ref('int_schools__key_stage_4_results') }}
    where school_number is not null
),

-- The school a pupil's result was sent for; pupils without one belong to none.
schools as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        school_number,
        count(*) as pupil_count,
        count(*) filter (where has_five_with_english_maths) as reaching_count,
        min_by(_delivery_id, _source_line) as _delivery_id,
        min_by(_source_file, _source_line) as _source_file,
        min(_source_line) as _source_line
    from pupils
    group by
        la_code,
        period_label,
        period_start,
        period_end,
        school_number
),

members as (
    select
        concat(schools.la_code, ':', schools.period_label, ':', schools.school_number)
            as member_id,
        years.area_code,
        schools.la_code,
        schools.period_label,
        schools.period_start,
        schools.period_end,
        cast(null as {{ dbt.type_string() }}) as child_id,
        {{ day_of_school_year('schools.period_label', '06-30') }} as counted_on,
        schools.school_number,
        cast(schools.pupil_count as integer) as pupil_count,
        cast(schools.reaching_count as integer) as reaching_count,
        true as is_key_stage_4_school,
        100 * schools.reaching_count < 30 * schools.pupil_count as is_below_floor,
        concat(
            cast(schools.reaching_count as {{ dbt.type_string() }}), ' of ',
            cast(schools.pupil_count as {{ dbt.type_string() }}),
            ' pupils reach five A* to C with English and maths.'
        ) as reason,
        schools._delivery_id,
        schools._source_file,
        schools._source_line
    from schools
    inner join years
        on schools.la_code = years.la_code
            and schools.period_label = years.period_label
)

select * from members
