with care_spans as (
    select * from {{ ref('int_looked_after__care_spans') }}
),

month_ends as (
    select * from {{ ref('int_returns__month_ends') }}
    where return_name = 'ssda903' and is_past
),

decisions as (
    select * from {{ ref('int_looked_after__adoption_decisions') }}
),

descriptions as (
    select * from {{ ref('int_looked_after__descriptions') }}
),

in_care as (
    select
        care_spans.*,
        month_ends.month_start,
        month_ends.month_end,
        month_ends.month_label
    from month_ends
    inner join care_spans
        on month_ends.la_code = care_spans.la_code
            and month_ends.year_label = care_spans.period_label
            and month_ends.month_end >= care_spans.span_start_date
            and month_ends.month_end < care_spans.span_end_date
),

with_plan as (
    select
        in_care.la_code,
        in_care.period_label,
        in_care.child_id,
        in_care.month_end,
        count(*) as decision_count
    from in_care
    inner join decisions
        on in_care.la_code = decisions.la_code
            and in_care.period_label = decisions.period_label
            and in_care.child_id = decisions.child_id
            and in_care.month_end >= decisions.decision_date
            and (decisions.reversal_date is null or in_care.month_end < decisions.reversal_date)
    group by all
),

members as (
    select
        concat(in_care.la_code, ':', in_care.month_label, ':', in_care.child_id) as member_id,
        in_care.area_code,
        in_care.la_code,
        in_care.month_label as period_label,
        in_care.month_start as period_start,
        in_care.month_end as period_end,
        in_care.child_id,
        in_care.month_end as counted_on,
        {{ described_on('in_care.month_end') }},
        true as is_looked_after,
        descriptions.placement_type = 'Placed for adoption' as is_placed_for_adoption,
        descriptions.placement_type <> 'Placed for adoption' and with_plan.child_id is not null
            as is_waiting_for_adopters,
        case
            when in_care.is_temporary then 'Temporarily away; shown where the child was placed'
            else 'In the placement that night'
        end as reason,
        in_care._delivery_id,
        in_care._source_file,
        in_care._source_line
    from in_care
    inner join descriptions
        on in_care.la_code = descriptions.la_code
            and in_care.period_label = descriptions.period_label
            and in_care.child_id = descriptions.child_id
            and in_care.main_episode_number = descriptions.episode_number
    left join with_plan
        on in_care.la_code = with_plan.la_code
            and in_care.period_label = with_plan.period_label
            and in_care.child_id = with_plan.child_id
            and in_care.month_end = with_plan.month_end
)

select * from members
