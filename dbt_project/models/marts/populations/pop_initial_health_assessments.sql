with entries as (
    select * from {{ ref('int_looked_after__initial_health_assessments') }}
),

descriptions as (
    select * from {{ ref('int_looked_after__descriptions') }}
),

members as (
    select
        concat(
            entries.la_code, ':', entries.period_label, ':', entries.child_id, ':',
            cast(entries.care_start_date as {{ dbt.type_string() }})
        ) as member_id,
        entries.area_code,
        entries.la_code,
        entries.period_label,
        entries.period_start,
        entries.period_end,
        entries.child_id,
        entries.care_start_date as counted_on,
        {{ described_on('entries.care_start_date') }},
        entries.due_date,
        entries.assessment_date,
        entries.is_assessment_due,
        entries.is_assessment_due and coalesce(entries.assessment_date <= entries.due_date, false)
            as is_assessed_in_time,
        cast(
            {{ dbt.datediff('entries.care_start_date', 'entries.assessment_date', 'day') }}
            as integer
        ) as assessment_days,
        case
            when not entries.is_assessment_due
                then 'Not looked after for 20 working days by the end of the year'
            when entries.assessment_date is null then 'No assessment is known'
            when entries.assessment_date <= entries.due_date then 'Assessed within 20 working days'
            else 'Assessed after 20 working days'
        end as reason,
        entries._delivery_id,
        entries._source_file,
        entries._source_line
    from entries
    inner join descriptions
        on entries.la_code = descriptions.la_code
            and entries.period_label = descriptions.period_label
            and entries.child_id = descriptions.child_id
            and entries.episode_number = descriptions.episode_number
)

select * from members
