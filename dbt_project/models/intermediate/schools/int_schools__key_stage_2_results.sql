with results as (
    select * from {{ ref('stg_ks2_results__results') }}
    where unique_pupil_number is not null and subject_name is not null
),

-- A subject said twice counts as it stands last; rows of another year are that year's to send.
one_per_subject as (
    select * from results
    where coalesce(result_year, extract(year from period_end)) = extract(year from period_end)
    qualify row_number() over (
            partition by la_code, period_label, unique_pupil_number, subject_name
            order by _delivery_id desc, _source_line desc
        ) = 1
),

-- The figure of a level, as 4 of 4B; W is below level 1 and 0. Other letters say why there is none.
with_levels as (
    select
        *,
        case
            when level_code = 'W' then 0
            else {{ parse_integer('substr(level_code, 1, 1)') }}
        end as level_number,
        case
            when key_stage_1_level_code = 'W' then 0
            else {{ parse_integer('substr(key_stage_1_level_code, 1, 1)') }}
        end as key_stage_1_level_number
    from one_per_subject
),

by_pupil as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        unique_pupil_number as pupil_number,
        max(school_number) as school_number,
        {% for subject in ['english', 'maths', 'reading', 'writing', 'gps'] -%}
            count(*) filter (where subject_name = '{{ subject }}') > 0 as has_{{ subject }},
            max(level_number) filter (where subject_name = '{{ subject }}') as {{ subject }}_level,
            max(level_code) filter (where subject_name = '{{ subject }}')
                as {{ subject }}_level_code,
            max(key_stage_1_level_number) filter (where subject_name = '{{ subject }}')
                as {{ subject }}_key_stage_1_level,
            coalesce(
                bool_or(expected_standard_flag) filter (where subject_name = '{{ subject }}'), false
            ) as is_{{ subject }}_at_standard,
            max(progress_score) filter (where subject_name = '{{ subject }}')
                as {{ subject }}_progress,
        {% endfor -%}
        min_by(_delivery_id, _source_line) as _delivery_id,
        min_by(_source_file, _source_line) as _source_file,
        min(_source_line) as _source_line
    from with_levels
    group by la_code, period_label, period_start, period_end, unique_pupil_number
)

select * from by_pupil
