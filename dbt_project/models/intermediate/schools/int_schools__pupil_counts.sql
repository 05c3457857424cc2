with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'school_census'
),

pupils as (
    select * from {{ ref('int_schools__january_pupils') }}
    where is_main_registration
),

-- Pupils of 10 to 17 stand for residents of that age where ethnic groups are compared.
groups as (
    select
        'pupils_in_january' as population_name,
        la_code,
        period_label,
        sex,
        ethnic_group,
        minority_ethnic
    from pupils
    union all
    select
        'pupils_aged_10_to_17' as population_name,
        la_code,
        period_label,
        sex,
        ethnic_group,
        minority_ethnic
    from pupils
    where age_on_31_august between 10 and 17
),

{% set breakdowns = ['sex', 'ethnic_group', 'minority_ethnic'] -%}
counts as (
    select
        population_name,
        la_code,
        period_label,
        'total' as breakdown,
        'total' as breakdown_value,
        count(*) as pupil_count
    from groups
    group by population_name, la_code, period_label
    {% for breakdown in breakdowns -%}
        union all
        select
            population_name,
            la_code,
            period_label,
            '{{ breakdown }}' as breakdown,
            {{ breakdown }} as breakdown_value,
            count(*) as pupil_count
        from groups
        group by population_name, la_code, period_label, {{ breakdown }}
    {% endfor -%}
),

with_areas as (
    select
        counts.population_name,
        years.area_code,
        counts.period_label,
        counts.breakdown,
        counts.breakdown_value,
        cast(counts.pupil_count as double) as population_count
    from counts
    inner join years
        on counts.la_code = years.la_code
            and counts.period_label = years.period_label
)

select * from with_areas
