with episodes as (
    select * from {{ ref('stg_early_help__episodes') }}
    where early_help_id is not null and early_help_start_date is not null
),

words as (
    select * from {{ ref('ref_early_help_words') }}
),

-- Stretches that began by the end of the year and had not ended before it.
one_per_stretch as (
    select * from episodes
    where
        early_help_start_date <= period_end
        and coalesce(early_help_end_date >= period_start, true)
        and coalesce(early_help_end_date >= early_help_start_date, true)
    qualify row_number() over (
            partition by la_code, period_label, early_help_id
            order by _delivery_id desc, _source_line desc
        ) = 1
),

with_meanings as (
    select
        one_per_stretch.la_code,
        one_per_stretch.period_label,
        one_per_stretch.period_start,
        one_per_stretch.period_end,
        one_per_stretch.early_help_id,
        one_per_stretch.child_id,
        one_per_stretch.early_help_start_date,
        one_per_stretch.early_help_end_date,
        one_per_stretch.stage_text,
        statuses.means = 'directed' as is_directed,
        outcomes.means = 'achieved' as is_achieved,
        one_per_stretch._delivery_id,
        one_per_stretch._source_file,
        one_per_stretch._source_line
    from one_per_stretch
    left join words as statuses
        on statuses.column_name = 'status'
            and lower(one_per_stretch.status_text) = statuses.words
    left join words as outcomes
        on outcomes.column_name = 'outcome'
            and lower(one_per_stretch.outcome_text) = outcomes.words
)

select * from with_meanings
