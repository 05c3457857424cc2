with referrals as (
    select * from {{ ref('stg_cin_census__referrals') }}
),

categories_of_need as (
    select * from {{ ref('ref_category_of_need') }}
),

datable as (
    select
        *,
        count(*) over (
            partition by la_code, period_label, child_id, referral_date
        ) as record_count
    from referrals
    where child_id is not null and referral_date <= period_end
),

-- A child is referred once on a day (edge case 22): of two records the last line counts.
newest_rows as (
    select * from datable
    qualify row_number() over (
            partition by la_code, period_label, child_id, referral_date
            order by _source_line desc, _delivery_id desc
        ) = 1
),

described as (
    select
        newest_rows.la_code,
        newest_rows.period_label,
        newest_rows.period_start,
        newest_rows.period_end,
        newest_rows.child_id,
        newest_rows.referral_date,
        newest_rows.closure_date,
        -- The codes of the two censuses' needs agree from N1 to N8.
        coalesce(categories_of_need.label, 'Unknown') as category_of_need,
        coalesce(newest_rows.no_further_action_flag, false) as is_without_further_action,
        coalesce(newest_rows.closure_date < newest_rows.referral_date, false)
            as is_closed_before_it_began,
        cast(newest_rows.record_count as integer) as record_count,
        newest_rows._delivery_id,
        newest_rows._source_file,
        newest_rows._source_line
    from newest_rows
    left join categories_of_need
        on newest_rows.primary_need_code = categories_of_need.code
)

select * from described
