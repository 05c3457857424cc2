with results as (
    select * from {{ source('ks4_results', 'results') }}
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
        {{ parse_boolean('results.five_ac_em') }} as five_a_to_c_with_english_maths_flag,
        {{ parse_boolean('results.ac_em') }} as english_maths_a_to_c_flag,
        {{ parse_boolean('results.any_qual') }} as any_qualification_flag,
        {{ parse_boolean('results.five_ac') }} as five_a_to_c_flag,
        {{ parse_boolean('results.five_ag') }} as five_a_to_g_flag,
        {{ parse_boolean('results.one_ag') }} as one_a_to_g_flag,
        {{ parse_boolean('results.two_ac_science') }} as two_science_a_to_c_flag,
        {{ clean_identifier('results.school_number') }} as school_number,
        {{ parse_number('results.att8') }} as attainment_8_score,
        {{ parse_number('results.p8') }} as progress_8_score,
        results._delivery_id,
        results._source_file,
        results._source_line
    from results
    inner join deliveries_in_force
        on results._delivery_id = deliveries_in_force.delivery_id
)

select * from typed
