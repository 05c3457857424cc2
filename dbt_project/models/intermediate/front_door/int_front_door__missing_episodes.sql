with missing_episodes as (
    select * from {{ ref('stg_missing_children__missing_episodes') }}
),

looked_after_episodes as (
    select * from {{ ref('int_looked_after__episodes') }}
    where not is_short_break
),

plans as (
    select * from {{ ref('int_children_in_need__protection_plans') }}
),

referrals as (
    select * from {{ ref('int_children_in_need__referrals') }}
    where not is_without_further_action
),

early_help as (
    select * from {{ ref('stg_early_help__episodes') }}
),

placement_types as (
    select * from {{ ref('ref_placement_type') }}
),

-- An episode has one number; of two rows of one delivery the last line counts.
newest_rows as (
    select * from missing_episodes
    where
        missing_episode_id is not null
        and child_id is not null
        and missing_start_date <= period_end
        and (missing_end_at is null or missing_end_at >= missing_start_at)
    qualify row_number() over (
            partition by la_code, period_label, missing_episode_id
            order by _source_line desc, _delivery_id desc
        ) = 1
),

-- What the other returns of the year say of the child on the day it went missing.
looked_after as (
    select
        newest_rows.la_code,
        newest_rows.period_label,
        newest_rows.missing_episode_id,
        max_by(
            placement_types.placement_type, looked_after_episodes.episode_number
        ) as placement_type
    from newest_rows
    inner join looked_after_episodes
        on newest_rows.la_code = looked_after_episodes.la_code
            and newest_rows.period_label = looked_after_episodes.period_label
            and newest_rows.child_id = looked_after_episodes.child_id
            and newest_rows.missing_start_date >= looked_after_episodes.episode_start_date
            and (
                looked_after_episodes.episode_end_date is null
                or newest_rows.missing_start_date < looked_after_episodes.episode_end_date
            )
    left join placement_types
        on looked_after_episodes.placement_type_code = placement_types.code
    group by all
),

on_plan as (
    select distinct
        newest_rows.la_code,
        newest_rows.period_label,
        newest_rows.missing_episode_id
    from newest_rows
    inner join plans
        on newest_rows.la_code = plans.la_code
            and newest_rows.period_label = plans.period_label
            and newest_rows.child_id = plans.child_id
            and newest_rows.missing_start_date >= plans.plan_start_date
            and (
                plans.plan_end_date is null
                or newest_rows.missing_start_date < plans.plan_end_date
            )
),

in_need as (
    select distinct
        newest_rows.la_code,
        newest_rows.period_label,
        newest_rows.missing_episode_id
    from newest_rows
    inner join referrals
        on newest_rows.la_code = referrals.la_code
            and newest_rows.period_label = referrals.period_label
            and newest_rows.child_id = referrals.child_id
            and newest_rows.missing_start_date >= referrals.referral_date
            and (
                referrals.closure_date is null
                or newest_rows.missing_start_date < referrals.closure_date
            )
),

helped_early as (
    select distinct
        newest_rows.la_code,
        newest_rows.period_label,
        newest_rows.missing_episode_id
    from newest_rows
    inner join early_help
        on newest_rows.la_code = early_help.la_code
            and newest_rows.child_id = early_help.child_id
            and newest_rows.missing_start_date >= early_help.early_help_start_date
            and (
                early_help.early_help_end_date is null
                or newest_rows.missing_start_date < early_help.early_help_end_date
            )
),

described as (
    select
        newest_rows.la_code,
        newest_rows.period_label,
        newest_rows.period_start,
        newest_rows.period_end,
        newest_rows.missing_episode_id,
        newest_rows.child_id,
        newest_rows.missing_start_at,
        newest_rows.missing_start_date,
        newest_rows.missing_end_at,
        newest_rows.missing_end_date,
        newest_rows.missing_from,
        looked_after.missing_episode_id is not null as is_looked_after,
        coalesce(looked_after.placement_type, 'Unknown') as placement_type,
        case
            when
                newest_rows.responsible_la_code is not null
                and newest_rows.responsible_la_code <> newest_rows.la_code
                then 'Other authority'
            when
                looked_after.missing_episode_id is not null
                and on_plan.missing_episode_id is not null
                then 'Looked after and on a plan'
            when looked_after.missing_episode_id is not null then 'Looked after'
            when on_plan.missing_episode_id is not null then 'On a plan'
            when in_need.missing_episode_id is not null then 'In need'
            when helped_early.missing_episode_id is not null then 'Early help'
            else 'Unknown'
        end as social_care_status,
        newest_rows._delivery_id,
        newest_rows._source_file,
        newest_rows._source_line
    from newest_rows
    left join looked_after
        on newest_rows.la_code = looked_after.la_code
            and newest_rows.period_label = looked_after.period_label
            and newest_rows.missing_episode_id = looked_after.missing_episode_id
    left join on_plan
        on newest_rows.la_code = on_plan.la_code
            and newest_rows.period_label = on_plan.period_label
            and newest_rows.missing_episode_id = on_plan.missing_episode_id
    left join in_need
        on newest_rows.la_code = in_need.la_code
            and newest_rows.period_label = in_need.period_label
            and newest_rows.missing_episode_id = in_need.missing_episode_id
    left join helped_early
        on newest_rows.la_code = helped_early.la_code
            and newest_rows.period_label = helped_early.period_label
            and newest_rows.missing_episode_id = helped_early.missing_episode_id
)

select * from described
