with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'sen2'
),

plans as (
    select * from {{ ref('int_young_people__special_needs_plans') }}
),

members as (
    select
        concat(
            plans.la_code, ':', plans.period_label, ':', plans.person_id, ':',
            cast(plans.request_date as {{ dbt.type_string() }})
        ) as member_id,
        years.area_code,
        plans.la_code,
        plans.period_label,
        {{ calendar_year_start('plans.period_label') }} as period_start,
        {{ calendar_year_end('plans.period_label') }} as period_end,
        plans.person_id as child_id,
        plans.final_date as counted_on,
        plans.is_statement,
        plans.is_statement and not plans.is_exception as is_statement_without_exception,
        case when plans.is_statement then plans.day_count <= 26 * 7 end as is_within_26_weeks,
        not plans.is_statement as is_plan,
        not plans.is_statement and not plans.is_exception as is_plan_without_exception,
        case when not plans.is_statement then plans.day_count <= 20 * 7 end as is_within_20_weeks,
        cast(plans.day_count as integer) as day_count,
        concat(
            case when plans.is_statement then 'Statement' else 'Plan' end, ' after ',
            cast(plans.day_count as {{ dbt.type_string() }}), ' days',
            case when plans.is_exception then ', with a lawful exception.' else '.' end
        ) as reason,
        plans._delivery_id,
        plans._source_file,
        plans._source_line
    from plans
    inner join years
        on plans.la_code = years.la_code
            and plans.period_label = years.period_label
)

select * from members
