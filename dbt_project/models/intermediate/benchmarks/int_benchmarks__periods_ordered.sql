with releases_led as (
    select * from {{ ref('int_benchmarks__releases_led') }}
),

ees_rows as (
    select * from {{ ref('stg_published_statistics__ees_rows') }}
),

measures_described as (
    select * from {{ ref('int_benchmarks__lait_titles_merged') }}
),

year_types as (
    select * from {{ ref('ref_published_year_types') }}
),

-- One file has one kind of year, so a label of the statistics files says which.
ees_year_types as (
    select
        'ees' as source,
        source_period,
        max(year_type) as year_type
    from ees_rows
    group by all
),

lait_year_types as (
    select
        'lait' as source,
        measure_id,
        max(year_type) as year_type
    from measures_described
    group by all
),

labelled as (
    select
        releases_led.source,
        releases_led.measure_id,
        releases_led.measure_number,
        releases_led.source_period,
        releases_led.release,
        trim(split_part(releases_led.source_period, '(', 1)) as plain_label,
        year_types.label_means,
        coalesce(
            try_cast(substring(releases_led.source_period, 1, 4) as integer), 0
        ) as year_number
    from releases_led
    left join ees_year_types
        on releases_led.source = ees_year_types.source
            and releases_led.source_period = ees_year_types.source_period
    left join lait_year_types
        on releases_led.source = lait_year_types.source
            and releases_led.measure_id = lait_year_types.measure_id
    left join year_types
        on
            releases_led.source = year_types.source
            and coalesce(ees_year_types.year_type, lait_year_types.year_type)
            = year_types.year_type
),

-- 2025, 202425, 2024/25, 2024-25 and 2013/14-15/16 as the other marts write them. A label whose
-- kind of year is not known, or that fits no style, stays as published.
relabelled as (
    select
        source,
        measure_id,
        measure_number,
        source_period,
        release,
        year_number,
        case
            when
                {{ matches_regex('plain_label', '^[0-9]{4}$') }} and label_means = 'year_ending'
                and year_number > 0
                then concat(year_number - 1, '/', substring(plain_label, 3, 2))
            when
                {{ matches_regex('plain_label', '^[0-9]{6}$') }} and label_means = 'year_ending'
                then
                    substring(plain_label, 1, 4) || '/' || substring(plain_label, 5, 2)
            when
                {{ matches_regex('plain_label', '^[0-9]{4}[/-][0-9]{2}$') }}
                and label_means = 'year_ending'
                then
                    substring(plain_label, 1, 4) || '/' || substring(plain_label, 6, 2)
            when {{ matches_regex('plain_label', '^[0-9]{4}/[0-9]{2}-[0-9]{2}/[0-9]{2}$') }}
                then
                    substring(plain_label, 1, 4) || '-' || substring(plain_label, 12, 2)
            when {{ matches_regex('plain_label', '^[0-9]') }} then plain_label
            else source_period
        end as period_label
    from labelled
),

-- Figures are joined and ranked by the number of their label; texts are joined to the result.
numbered as (
    select
        row_number() over (order by measure_number, year_number, source_period) as period_id,
        measure_number,
        row_number() over (
            partition by measure_number order by year_number, source_period
        ) as period_position,
        source,
        measure_id,
        source_period,
        period_label,
        release,
        year_number,
        year_number = max(year_number) over (partition by measure_number) as is_highest_year
    from relabelled
)

select * from numbered
