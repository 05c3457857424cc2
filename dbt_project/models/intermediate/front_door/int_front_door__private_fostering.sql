with arrangements as (
    select * from {{ ref('stg_private_fostering__arrangements') }}
),

-- An arrangement has one number; of two rows the last line counts. One that ends before it begins
-- is a fault.
newest_rows as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        arrangement_id,
        child_id,
        date_of_birth,
        notification_date,
        arrangement_start_date,
        case
            when arrangement_end_date <= period_end then arrangement_end_date
        end as arrangement_end_date,
        _delivery_id,
        _source_file,
        _source_line
    from arrangements
    where
        arrangement_id is not null
        and child_id is not null
        and arrangement_start_date <= period_end
        and (
            arrangement_end_date is null
            or arrangement_end_date >= arrangement_start_date
            and arrangement_end_date >= period_start
        )
    qualify row_number() over (
            partition by la_code, period_label, arrangement_id
            order by _source_line desc, _delivery_id desc
        ) = 1
)

select * from newest_rows
