with results as (
    select * from {{ ref('int_schools__key_stage_2_results') }}
),

-- English has a level of its own to 2011/12; then reading and writing have one each, and a pupil
-- is at the level who is at it in both.
with_english as (
    select
        *,
        period_start < cast('2015-09-01' as date) as is_level_year,
        case
            when has_english then coalesce(english_level >= 4, false)
            else coalesce(reading_level >= 4 and writing_level >= 4, false)
        end as is_level_4_in_english,
        case
            when has_english then english_level_code is not null
            else reading_level_code is not null and writing_level_code is not null
        end as has_english_result,
        coalesce(maths_level >= 4, false) as is_level_4_in_maths,
        maths_level_code is not null as has_maths_result,
        {% for subject in ['english', 'reading', 'writing', 'maths'] -%}
            case
                when {{ subject }}_key_stage_1_level is not null
                    then coalesce({{ subject }}_level - {{ subject }}_key_stage_1_level >= 2, false)
                when {{ subject }}_level >= 5 and {{ reading('level_5_is_progress') }} then true
            end as is_two_levels_up_in_{{ subject }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from results
),

-- Progress is measured for pupils with a level of key stage 1.
attainment as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        pupil_number,
        school_number,
        is_level_year,
        has_english_result,
        has_maths_result,
        case when is_level_year then is_level_4_in_english end as has_level_4_in_english,
        case when is_level_year then is_level_4_in_maths end as has_level_4_in_maths,
        case when is_level_year then is_level_4_in_english and is_level_4_in_maths end
            as has_level_4_in_english_and_maths,
        case
            when is_level_year and has_english then is_two_levels_up_in_english is not null
            when is_level_year
                then
                    is_two_levels_up_in_reading is not null
                    and is_two_levels_up_in_writing is not null
        end as is_english_progress_measured,
        case
            when is_level_year and has_english then is_two_levels_up_in_english
            when is_level_year then is_two_levels_up_in_reading and is_two_levels_up_in_writing
        end as has_two_levels_of_progress_in_english,
        case when is_level_year then is_two_levels_up_in_maths is not null end
            as is_maths_progress_measured,
        case when is_level_year then is_two_levels_up_in_maths end
            as has_two_levels_of_progress_in_maths,
        not is_level_year as is_judged_by_standard,
        case when not is_level_year then is_reading_at_standard end
            as is_at_standard_in_reading,
        case when not is_level_year then is_writing_at_standard end
            as is_at_standard_in_writing,
        case when not is_level_year then is_maths_at_standard end as is_at_standard_in_maths,
        case when not is_level_year then is_gps_at_standard end as is_at_standard_in_gps,
        case
            when not is_level_year
                then is_reading_at_standard and is_writing_at_standard and is_maths_at_standard
        end as is_at_standard_in_all_three,
        case when not is_level_year then reading_progress end as reading_progress,
        case when not is_level_year then writing_progress end as writing_progress,
        case when not is_level_year then maths_progress end as maths_progress,
        case
            when not is_level_year and is_reading_at_standard and is_writing_at_standard
                and is_maths_at_standard then 'At the standard in reading, writing and maths.'
            when not is_level_year then 'Below the standard in reading, writing or maths.'
            when is_level_4_in_english and is_level_4_in_maths
                then 'Level 4 or more in English and maths.'
            when is_level_4_in_english and has_maths_result then 'Below level 4 in maths.'
            when is_level_4_in_english then 'No level in maths.'
            when is_level_4_in_maths and has_english_result then 'Below level 4 in English.'
            when is_level_4_in_maths then 'No level in English.'
            else 'Below level 4, or without a level, in both subjects.'
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from with_english
)

select * from attainment
