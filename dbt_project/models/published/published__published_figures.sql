with printed_figures as (
    select * from {{ ref('published_figures') }}
),

withheld_figures as (
    select * from {{ ref('published__fct_indicator_values') }}
    where status = 'suppressed'
),

-- Whether a withheld figure agrees with the printed one would give it away.
suppressed as (
    select
        printed_figures.printed_order,
        printed_figures.document,
        printed_figures.section,
        printed_figures.measure_id,
        printed_figures.measure,
        printed_figures.breakdown,
        printed_figures.area,
        printed_figures.area_code,
        printed_figures.period_label,
        printed_figures.figure_type,
        printed_figures.published_value,
        printed_figures.published_decimals,
        printed_figures.unit,
        printed_figures.indicator_id,
        printed_figures.figure_area_code,
        printed_figures.figure_period_type,
        printed_figures.figure_period_label,
        printed_figures.figure_breakdown,
        printed_figures.figure_breakdown_value,
        printed_figures.figure_version,
        printed_figures.figure_part,
        printed_figures.basis,
        case when withheld_figures.status is null then printed_figures.computed_value end
            as computed_value,
        case when withheld_figures.status is null then printed_figures.difference end
            as difference,
        case
            when withheld_figures.status is null then printed_figures.agreement
            else 'not_computable'
        end as agreement,
        case
            when withheld_figures.status is null then printed_figures.note
            else withheld_figures.note
        end as note
    from printed_figures
    left join withheld_figures
        on printed_figures.indicator_id = withheld_figures.indicator_id
            and printed_figures.figure_area_code = withheld_figures.area_code
            and printed_figures.figure_period_type = withheld_figures.period_type
            and printed_figures.figure_period_label = withheld_figures.period_label
            and printed_figures.figure_breakdown = withheld_figures.breakdown
            and printed_figures.figure_breakdown_value = withheld_figures.breakdown_value
            and printed_figures.figure_version = withheld_figures.version
            and printed_figures.basis = withheld_figures.basis
)

select * from suppressed
