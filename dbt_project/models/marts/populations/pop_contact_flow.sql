with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'contacts'
),

contacts as (
    select * from {{ ref('int_front_door__contacts') }}
),

assessments as (
    select * from {{ ref('int_children_in_need__assessments') }}
    where assessment_kind = 'single'
),

received as (
    select
        contacts.la_code,
        contacts.period_label,
        concat('contact:', contacts.contact_id) as event_id,
        contacts.child_id,
        contacts.contact_date as counted_on,
        true as is_contact,
        false as is_assessment_begun,
        'Contact received.' as reason,
        contacts._delivery_id,
        contacts._source_file,
        contacts._source_line
    from contacts
),

-- An assessment still open in the next year's census is begun in one year only.
begun as (
    select
        la_code,
        period_label,
        concat(
            'assessment:', child_id, ':',
            cast(assessment_number as {{ dbt.type_string() }})
        ) as event_id,
        child_id,
        clock_start_date as counted_on,
        false as is_contact,
        true as is_assessment_begun,
        'Assessment begun.' as reason,
        _delivery_id,
        _source_file,
        _source_line
    from assessments
    where clock_start_date between period_start and period_end
),

events as (
    select * from received
    union all
    select * from begun
),

members as (
    select
        concat(events.la_code, ':', events.period_label, ':', events.event_id) as member_id,
        years.area_code,
        events.la_code,
        events.period_label,
        years.period_start,
        years.period_end,
        events.child_id,
        events.counted_on,
        events.is_contact,
        events.is_assessment_begun,
        events.reason,
        events._delivery_id,
        events._source_file,
        events._source_line
    from events
    inner join years
        on events.la_code = years.la_code
            and events.period_label = years.period_label
)

select * from members
