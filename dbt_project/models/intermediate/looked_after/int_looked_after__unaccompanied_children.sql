with unaccompanied_children as (
    select * from {{ ref('stg_ssda903__unaccompanied_children') }}
),

-- One row a child; where there are two, the status that lasts longest counts.
longest_status as (
    select
        la_code,
        period_label,
        child_id,
        unaccompanied_end_date
    from unaccompanied_children
    where child_id is not null
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by
                coalesce(unaccompanied_end_date, cast('9999-12-31' as date)) desc,
                _source_line desc
        ) = 1
)

select * from longest_status
