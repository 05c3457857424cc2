with results as (
    select * from {{ ref('stg_ks4_results__results') }}
    where unique_pupil_number is not null
),

-- A pupil sent twice counts as sent last; rows of another year are that year's to send.
by_pupil as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        unique_pupil_number as pupil_number,
        school_number,
        coalesce(five_a_to_c_with_english_maths_flag, false) as has_five_with_english_maths,
        coalesce(english_maths_a_to_c_flag, false) as has_english_maths,
        coalesce(any_qualification_flag, false) as has_any_qualification,
        two_science_a_to_c_flag as has_two_sciences,
        five_a_to_c_flag as has_five_a_to_c,
        five_a_to_g_flag as has_five_a_to_g,
        one_a_to_g_flag as has_one_a_to_g,
        attainment_8_score,
        progress_8_score,
        _delivery_id,
        _source_file,
        _source_line
    from results
    where coalesce(result_year, extract(year from period_end)) = extract(year from period_end)
    qualify row_number() over (
            partition by la_code, period_label, unique_pupil_number
            order by _delivery_id desc, _source_line desc
        ) = 1
)

select * from by_pupil
