with lait_titles as (
    select * from {{ ref('int_benchmarks__lait_titles_merged') }}
),

ees_figures as (
    select * from {{ ref('stg_published_statistics__ees_figures') }}
),

ees_lait_measures as (
    select * from {{ ref('ref_ees_lait_measures') }}
),

indicator_measures as (
    select * from {{ ref('indicator_benchmark_measures') }}
),

-- An indicator of change is no other name of the rate that changed.
continued_indicators as (
    select
        indicator_id,
        source,
        measure_id
    from indicator_measures
    where link = 'direct'
),

ees_wordings as (
    select
        measure_id,
        series,
        measure_title,
        unit,
        release
    from ees_figures
    group by all
),

-- The newest release words it; durations go before the unit its column suggests.
ees_titles as (
    select
        measure_id,
        series,
        measure_title,
        unit
    from ees_wordings
    qualify row_number() over (
            partition by measure_id
            order by release desc, case when unit = 'months' then 0 else 1 end, measure_title asc
        ) = 1
),

lait_first_titles as (
    select
        measure_id,
        measure_title,
        unit,
        polarity,
        decimals,
        has_quartiles
    from lait_titles
    qualify row_number() over (partition by measure_id order by first_line) = 1
),

-- A figure of the statistics files that the tool shows too is described as the tool does.
described as (
    select
        'lait' as source,
        lait_titles.measure_id,
        lait_titles.measure_title,
        lait_titles.topic,
        lait_titles.unit,
        lait_titles.polarity,
        lait_titles.decimals,
        lait_titles.has_quartiles,
        lait_titles.measure_id as lait_measure_id
    from lait_titles
    union all
    select
        'ees' as source,
        ees_titles.measure_id,
        coalesce(lait_first_titles.measure_title, ees_titles.measure_title) as measure_title,
        ees_titles.series as topic,
        coalesce(lait_first_titles.unit, ees_titles.unit) as unit,
        coalesce(lait_first_titles.polarity, 'none') as polarity,
        lait_first_titles.decimals,
        coalesce(lait_first_titles.has_quartiles, true) as has_quartiles,
        lait_first_titles.measure_id as lait_measure_id
    from ees_titles
    left join ees_lait_measures on ees_titles.measure_id = ees_lait_measures.measure_id
    left join lait_first_titles
        on ees_lait_measures.lait_measure_id = lait_first_titles.measure_id
),

linked as (
    select
        described.source,
        described.measure_id,
        described.measure_title,
        described.topic,
        described.unit,
        described.polarity,
        described.decimals,
        described.has_quartiles,
        coalesce(own_link.indicator_id, tool_link.indicator_id) as indicator_id
    from described
    left join continued_indicators as own_link
        on
            described.source = own_link.source
            and described.measure_id = own_link.measure_id
    left join continued_indicators as tool_link
        on
            tool_link.source = 'lait'
            and described.lait_measure_id = tool_link.measure_id
)

select * from linked
