with returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

periods_of_care as (
    select * from {{ ref('int_looked_after__periods_of_care') }}
),

children as (
    select * from {{ ref('int_looked_after__children') }}
),

unaccompanied_children as (
    select * from {{ ref('int_looked_after__unaccompanied_children') }}
),

placement_types as (
    select * from {{ ref('ref_placement_type') }}
),

legal_statuses as (
    select * from {{ ref('ref_legal_status') }}
),

categories_of_need as (
    select * from {{ ref('ref_category_of_need') }}
),

begun_in_year as (
    select
        *,
        coalesce(first_start_reason_code = 'S', false) and not is_short_break as is_care_starter
    from periods_of_care
    where care_start_date >= period_start and care_start_date <= period_end
),

-- A child who starts twice in a year is one starter, with the age of the first start.
first_starts as (
    select * from begun_in_year
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by is_care_starter desc, care_start_date asc, is_short_break asc
        ) = 1
),

described as (
    select
        returns.area_code,
        first_starts.la_code,
        first_starts.period_label,
        first_starts.period_start,
        first_starts.period_end,
        first_starts.child_id,
        first_starts.care_start_date,
        children.date_of_birth,
        cast(
            {{ age_in_years('children.date_of_birth', 'first_starts.care_start_date') }} as integer
        ) as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(placement_types.placement_type, 'Unknown') as placement_type,
        coalesce(legal_statuses.legal_status, 'Unknown') as legal_status,
        coalesce(categories_of_need.label, 'Unknown') as category_of_need,
        {{ unaccompanied_on('first_starts.care_start_date') }} as uasc,
        first_starts.is_care_starter
    from first_starts
    inner join returns
        on first_starts.la_code = returns.la_code
            and first_starts.period_label = returns.period_label
    left join children
        on first_starts.la_code = children.la_code
            and first_starts.period_label = children.period_label
            and first_starts.child_id = children.child_id
    left join unaccompanied_children
        on first_starts.la_code = unaccompanied_children.la_code
            and first_starts.period_label = unaccompanied_children.period_label
            and first_starts.child_id = unaccompanied_children.child_id
    left join placement_types
        on first_starts.first_placement_type_code = placement_types.code
    left join legal_statuses
        on first_starts.first_legal_status_code = legal_statuses.code
    left join categories_of_need
        on first_starts.first_category_of_need_code = categories_of_need.code
),

members as (
    select
        concat(la_code, ':', period_label, ':', child_id) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        care_start_date,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        placement_type,
        legal_status,
        category_of_need,
        uasc,
        is_care_starter
    from described
)

select * from members
