with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'early_help'
),

early_help as (
    select * from {{ ref('int_local_services__early_help') }}
),

children as (
    select * from {{ ref('int_front_door__children') }}
),

described as (
    select
        early_help.*,
        years.area_code,
        early_help.early_help_start_date >= early_help.period_start as is_begun,
        coalesce(early_help.early_help_end_date <= early_help.period_end, false) as is_ended,
        case
            when early_help.early_help_start_date >= early_help.period_start
                then early_help.early_help_start_date
            when early_help.early_help_end_date <= early_help.period_end
                then early_help.early_help_end_date
            else early_help.period_start
        end as counted_on,
        children.date_of_birth,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from early_help
    inner join years
        on early_help.la_code = years.la_code
            and early_help.period_label = years.period_label
    left join children
        on early_help.la_code = children.la_code
            and early_help.child_id = children.child_id
),

with_age as (
    select
        *,
        cast({{ age_in_years('date_of_birth', 'counted_on') }} as integer) as age_years
    from described
),

members as (
    select
        concat(la_code, ':', period_label, ':', early_help_id) as member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        counted_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        is_begun as is_early_help_referral,
        is_begun and is_directed is not null as is_referral_with_status,
        case when is_begun then is_directed end as is_directed_to_team,
        is_ended and is_achieved is not null as is_ended_with_outcome,
        case when is_ended then is_achieved end as has_desired_outcome,
        stage_text,
        concat(
            case when is_begun then 'Began in the year' else 'Began before the year' end,
            case
                when is_directed then ', directed to the right team'
                when not is_directed then ', sent on elsewhere'
                else ''
            end,
            case
                when not is_ended then '; goes on.'
                when is_achieved then '; ended as hoped.'
                when not is_achieved then '; ended otherwise than hoped.'
                else '; ended without an outcome.'
            end
        ) as reason,
        _delivery_id,
        _source_file,
        _source_line
    from with_age
)

select * from members
