with results as (
    select * from {{ source('ks2_results', 'results') }}
),

deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

typed as (
    select
        deliveries_in_force.la_code,
        deliveries_in_force.period_label,
        {{ academic_year_start('deliveries_in_force.period_label') }} as period_start,
        {{ academic_year_end('deliveries_in_force.period_label') }} as period_end,
        {{ clean_identifier('results.upn') }} as unique_pupil_number,
        {{ parse_integer('results.year') }} as result_year,
        lower({{ clean_text('results.subject') }}) as subject_name,
        {{ clean_code('results.level') }} as level_code,
        {{ parse_boolean('results.absent_flag') }} as absent_flag,
        {{ clean_code('results.ks1_level') }} as key_stage_1_level_code,
        {{ clean_identifier('results.school_number') }} as school_number,
        {{ parse_boolean('results.expected_standard') }} as expected_standard_flag,
        {{ parse_integer('results.scaled_score') }} as scaled_score,
        {{ parse_number('results.progress') }} as progress_score,
        results._delivery_id,
        results._source_file,
        results._source_line
    from results
    inner join deliveries_in_force
        on results._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
