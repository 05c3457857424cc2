with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'cin_census'
),

referrals as (
    select * from {{ ref('int_children_in_need__referrals') }}
),

cases_open as (
    select * from {{ ref('int_children_in_need__cases_open') }}
    where is_year_end
),

children as (
    select * from {{ ref('int_children_in_need__children') }}
),

-- Episodes of need open at any time in the year; a referral without further action is none.
in_year as (
    select * from referrals
    where
        not is_without_further_action
        and not is_closed_before_it_began
        and (closure_date is null or closure_date >= period_start)
),

-- A child is one child however many episodes; the latest describes it.
one_of_a_child as (
    select
        *,
        cast(count(*) over (
            partition by la_code, period_label, child_id
        ) as integer) as episode_count
    from in_year
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by referral_date desc
        ) = 1
),

described as (
    select
        one_of_a_child.*,
        cases_open.child_id is not null as is_open,
        -- Code N2 of the census, which is the label's only source.
        one_of_a_child.category_of_need = 'Child''s disability or illness' as is_disability_case,
        years.area_code,
        children.date_of_birth,
        cast({{ age_in_years('children.date_of_birth', 'one_of_a_child.period_end') }} as integer)
            as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability,
        coalesce(children.disability_kind, 'Unknown') as disability_kind
    from one_of_a_child
    inner join years
        on one_of_a_child.la_code = years.la_code
            and one_of_a_child.period_label = years.period_label
    left join cases_open
        on one_of_a_child.la_code = cases_open.la_code
            and one_of_a_child.period_label = cases_open.period_label
            and one_of_a_child.child_id = cases_open.child_id
    left join children
        on one_of_a_child.la_code = children.la_code
            and one_of_a_child.period_label = children.period_label
            and one_of_a_child.child_id = children.child_id
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
        period_end as counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        disability_kind,
        category_of_need,
        true as is_in_need_in_year,
        is_open as is_in_need,
        is_open and is_disability_case as is_disabled_in_need,
        episode_count,
        case
            when is_open then 'Open on 31 March.'
            else concat('Closed on ', cast(closure_date as {{ dbt.type_string() }}), '.')
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
