with figures as (
    select * from {{ ref('stg_published_statistics__ees_figures') }}
),

residents as (
    select * from {{ ref('stg_population_estimates__residents') }}
),

pupil_counts as (
    select * from {{ ref('int_schools__pupil_counts') }}
),

figures_sent as (
    select * from {{ ref('int_indicators__figures_sent') }}
),

years as (
    select * from {{ ref('reporting_years') }}
),

ethnic_shares as (
    select * from {{ ref('ref_population_ethnic_shares') }}
),

areas as (
    select * from {{ ref('ref_areas') }}
    where is_newest_code
),

-- Published for every area, of children only; landed for the areas somebody asked for, by sex and
-- in other bands of age.
estimates as (
    select
        areas.area_code,
        '0-17' as age_band,
        'All' as sex_name,
        figures.value as population_count,
        cast(substr(figures.source_period, 1, 4) as integer) as estimate_year,
        1 as preference,
        figures.release
    from figures
    inner join areas on figures.la_code = areas.la_code
    where
        figures.series = 'ons_mid-year_population_estimates'
        and lower(figures.measure_title) like '%0 to 17%'
        and figures.value is not null
    union all
    select
        area_code,
        age_band,
        sex_name,
        cast(resident_count as double) as population_count,
        estimate_year,
        2 as preference,
        '' as release
    from residents
    where resident_count is not null
),

newest_estimates as (
    select * from estimates
    qualify row_number() over (
            partition by area_code, age_band, sex_name, estimate_year
            order by preference asc, release desc, population_count asc
        ) = 1
),

-- The estimate of the middle of 2016 divides the figures of 2016/17, as the Department's rates do.
estimated as (
    select
        case
            when age_band = '0-17' then 'children_aged_0_to_17'
            else concat('residents_aged_', replace(age_band, '-', '_to_'))
        end as population_name,
        area_code,
        concat(
            cast(estimate_year as {{ dbt.type_string() }}), '/',
            substr(cast(estimate_year + 1 as {{ dbt.type_string() }}), 3, 2)
        ) as period_label,
        case when sex_name = 'All' then 'total' else 'sex' end as breakdown,
        case when sex_name = 'All' then 'total' else sex_name end as breakdown_value,
        population_count
    from newest_estimates
),

-- Estimates by ethnic group are made for censuses only: the census's shares of the year's children.
by_ethnic_group as (
    select
        estimated.population_name,
        estimated.area_code,
        estimated.period_label,
        'ethnic_group' as breakdown,
        ethnic_shares.ethnic_group as breakdown_value,
        estimated.population_count * ethnic_shares.share_pct / 100 as population_count
    from estimated
    inner join ethnic_shares
        on estimated.population_name = ethnic_shares.population_name
            and estimated.area_code = ethnic_shares.area_code
    where estimated.breakdown = 'total'
),

-- The number an owner agreed to compare with holds from the year it was sent for on, until another
-- is sent.
baselines as (
    select
        concat('baseline_of_', replace(lower(figures_sent.indicator_id), ' ', '_'))
            as population_name,
        figures_sent.area_code,
        years.financial_year_label as period_label,
        'total' as breakdown,
        'total' as breakdown_value,
        figures_sent.figure as population_count
    from figures_sent
    inner join years as years_sent
        on figures_sent.period_label = years_sent.financial_year_label
    inner join years on years_sent.start_year <= years.start_year
    where
        figures_sent.breakdown = 'measure'
        and figures_sent.breakdown_value = 'baseline'
        and figures_sent.figure is not null
    qualify row_number() over (
            partition by
                figures_sent.indicator_id, figures_sent.area_code, years.financial_year_label
            order by years_sent.start_year desc
        ) = 1
),

populations as (
    select * from estimated
    union all
    select * from by_ethnic_group
    union all
    select * from baselines
    union all
    select
        population_name,
        area_code,
        period_label,
        breakdown,
        breakdown_value,
        population_count
    from pupil_counts
)

select * from populations
