with quarters as (
    select * from {{ ref('stg_breastfeeding__quarters') }}
    where
        recorded_count <= due_count
        and fully_breastfed_count + partly_breastfed_count <= recorded_count
        and right(quarter_label, 2) in ('Q1', 'Q2', 'Q3', 'Q4')
),

-- An area and quarter said twice counts as said last; what cannot be, more fed than recorded,
-- counts not at all.
newest_rows as (
    select * from quarters
    qualify row_number() over (
            partition by la_code, period_label, area_code, quarter_label
            order by _delivery_id desc, _source_line desc
        ) = 1
),

-- A prevalence stands where enough was recorded over the year: 85 in every hundred in 2008/09, 90
-- in the next year, 95 after that.
with_coverage as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        area_code as counted_area_code,
        right(quarter_label, 2) as quarter_code,
        cast({{ dbt.dateadd('day', -1, dbt.dateadd(
            'month', "3 * cast(right(quarter_label, 1) as integer)", 'period_start'
        )) }} as date) as quarter_end,
        due_count,
        recorded_count,
        fully_breastfed_count + partly_breastfed_count as breastfed_count,
        fully_breastfed_count,
        sum(recorded_count) over (partition by la_code, period_label, area_code) * 100
        >= sum(due_count) over (partition by la_code, period_label, area_code)
        * case
            when period_start < cast('2009-04-01' as date) then 85
            when period_start < cast('2010-04-01' as date) then 90
            else 95
        end as is_enough_recorded,
        _delivery_id,
        _source_file,
        _source_line
    from newest_rows
)

select * from with_coverage
