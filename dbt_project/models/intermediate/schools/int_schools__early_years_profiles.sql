{% set key_scales = [
    'dispositions_score', 'social_score', 'emotional_score', 'language_score', 'sounds_score',
    'reading_score', 'writing_score',
] %}
{% set other_scales = [
    'numbers_score', 'calculating_score', 'shape_score', 'knowledge_score', 'physical_score',
    'creative_score',
] %}

with results as (
    select * from {{ ref('stg_eyfsp__results') }}
    where unique_pupil_number is not null
),

-- A child sent twice counts as sent last; rows of another year are that year's to send. A score
-- that is missing leaves the lowest unknown, and a total that is missing is the sum of the scales.
profiles as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        unique_pupil_number as pupil_number,
        period_start < cast('2012-09-01' as date) as is_on_scales,
        coalesce(total_score, {{ (key_scales + other_scales) | join(' + ') }}) as total_score,
        case
            when {{ key_scales | join(' + ') }} is not null
                then least({{ key_scales | join(', ') }})
        end as lowest_key_score,
        good_level_flag,
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

select * from profiles
