with printed_figures as (
    select * from {{ ref('printed_figures') }}
),

figures as (
    select * from {{ ref('fct_indicator_values') }}
),

-- What was printed as provisional is held against the records, which are there by now, and only
-- where there are none against what its owner sent.
figures_by_version as (
    select
        *,
        version as printed_version
    from figures
    union all
    select
        *,
        'provisional' as printed_version
    from figures
    where version = 'outturn' and basis = 'computed'
),

found as (
    select
        printed_figures.*,
        figures_by_version.period_type as figure_period_type,
        figures_by_version.version as found_version,
        figures_by_version.basis,
        case
            when figures_by_version.status <> 'final' then null
            when printed_figures.figure_part = 'numerator' then figures_by_version.numerator
            when printed_figures.figure_part = 'denominator' then figures_by_version.denominator
            else figures_by_version.value
        end as computed_value
    from printed_figures
    left join figures_by_version
        on printed_figures.indicator_id = figures_by_version.indicator_id
            and printed_figures.figure_area_code = figures_by_version.area_code
            and printed_figures.figure_period_label = figures_by_version.period_label
            and printed_figures.figure_breakdown = figures_by_version.breakdown
            and printed_figures.figure_breakdown_value = figures_by_version.breakdown_value
            and printed_figures.figure_version = figures_by_version.printed_version
),

first_found as (
    select * from found
    qualify row_number() over (
            partition by printed_order
            order by {{ basis_order('computed_value', 'basis') }}, figure_period_type asc
        ) = 1
),

compared as (
    select
        *,
        computed_value - published_value as difference,
        -- Both stand on the same grid of printed decimals: they are equal or a step apart.
        abs(
            {{ round_half_up('computed_value', 'published_decimals') }} - published_value
        ) < 0.5 * power(10, -published_decimals) as is_same_as_printed
    from first_found
),

judged as (
    select
        printed_order,
        document,
        section,
        measure_id,
        measure,
        breakdown,
        area,
        area_code,
        period_label,
        figure_type,
        published_value,
        published_decimals,
        unit,
        indicator_id,
        figure_area_code,
        figure_period_type,
        figure_period_label,
        figure_breakdown,
        figure_breakdown_value,
        found_version as figure_version,
        figure_part,
        basis,
        computed_value,
        difference,
        case
            when is_same_as_printed then 'agrees'
            when is_contradicted then 'contradicted'
            when computed_value is null or published_value is null then 'not_computable'
            else 'differs'
        end as agreement,
        note
    from compared
)

select * from judged
