with periods as (
    select * from {{ ref('int_adoption__scorecard_periods') }}
),

leavers as (
    select * from {{ ref('pop_children_leaving_care') }}
),

starters as (
    select * from {{ ref('pop_care_starters') }}
    where is_care_starter
),

movements as (
    select
        'left' as movement,
        la_code,
        period_label,
        period_start,
        child_id,
        counted_on,
        is_adopted,
        reason,
        _delivery_id,
        _source_file,
        _source_line
    from leavers
    union all
    select
        'entered' as movement,
        la_code,
        period_label,
        period_start,
        child_id,
        counted_on,
        false as is_adopted,
        'Entered care' as reason,
        _delivery_id,
        _source_file,
        _source_line
    from starters
),

members as (
    select
        concat(
            movements.la_code, ':', periods.period_label, ':', movements.period_label, ':',
            movements.child_id, ':', movements.movement
        ) as member_id,
        periods.area_code,
        periods.la_code,
        periods.period_type,
        periods.period_label,
        periods.period_start,
        periods.period_end,
        movements.child_id,
        movements.counted_on,
        movements.movement = 'left' as is_leaving_care,
        movements.is_adopted,
        movements.movement = 'entered' as is_entering_care,
        movements.reason,
        movements._delivery_id,
        movements._source_file,
        movements._source_line
    from movements
    inner join periods
        on movements.la_code = periods.la_code
            and movements.period_start between periods.period_start and periods.period_end
)

select * from members
