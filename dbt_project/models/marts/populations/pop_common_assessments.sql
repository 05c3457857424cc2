with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'early_help'
),

stretches as (
    select * from {{ ref('int_local_services__early_help') }}
    where stage_text is not null
),

children as (
    select * from {{ ref('int_front_door__children') }}
),

-- Assessments are counted from the first on, so each year has those of every year before it. One
-- that went on from year to year is one, as last returned.
so_far as (
    select
        years.area_code,
        years.period_label,
        years.period_start,
        years.period_end,
        stretches.la_code,
        stretches.early_help_id,
        stretches.child_id,
        stretches.early_help_start_date,
        stretches.stage_text,
        stretches._delivery_id,
        stretches._source_file,
        stretches._source_line
    from years
    inner join stretches
        on years.la_code = stretches.la_code
            and years.period_start >= stretches.period_start
            and years.period_end >= stretches.early_help_start_date
    qualify row_number() over (
            partition by years.la_code, years.period_label, stretches.early_help_id
            order by stretches.period_start desc
        ) = 1
),

described as (
    select
        so_far.*,
        children.date_of_birth,
        cast(
            {{ age_in_years('children.date_of_birth', 'so_far.early_help_start_date') }}
            as integer
        ) as age_years,
        coalesce(children.sex, 'Unknown') as sex,
        coalesce(children.ethnic_group, 'Unknown') as ethnic_group,
        coalesce(children.minority_ethnic, 'Unknown') as minority_ethnic,
        coalesce(children.disability, 'Unknown') as disability
    from so_far
    left join children
        on so_far.la_code = children.la_code
            and so_far.child_id = children.child_id
),

members as (
    select
        concat(la_code, ':', period_label, ':', early_help_id) as member_id,
        area_code,
        la_code,
        period_label,
        period_end as period_start,
        period_end,
        child_id,
        period_end as counted_on,
        early_help_start_date as assessed_on,
        date_of_birth,
        age_years,
        {{ age_band('age_years') }} as age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        true as is_common_assessment,
        stage_text = 'Stage 1' as is_stage_1,
        stage_text = 'Stage 2' as is_stage_2,
        stage_text = 'Stage 3' as is_stage_3,
        concat(stage_text, '; begun by the end of the year.') as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
