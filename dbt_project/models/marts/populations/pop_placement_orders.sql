with placement_orders as (
    select * from {{ ref('int_adoption__placement_orders') }}
),

members as (
    select
        concat(
            la_code, ':', period_label, ':', child_id, ':',
            cast(placement_order_date as {{ dbt.type_string() }})
        ) as member_id,
        area_code,
        la_code,
        period_type,
        period_label,
        period_start,
        period_end,
        child_id,
        placement_order_date as counted_on,
        true as is_new_placement_order,
        'First episode under a placement order' as reason,
        _delivery_id,
        _source_file,
        _source_line
    from placement_orders
)

select * from members
