with initial_assessments as (
    select * from {{ ref('stg_cin_census__initial_assessments') }}
),

core_assessments as (
    select * from {{ ref('stg_cin_census__core_assessments') }}
),

single_assessments as (
    select * from {{ ref('stg_cin_census__assessments') }}
),

bank_holidays as (
    select * from {{ ref('ref_england_bank_holidays') }}
),

every_kind as (
    select
        'initial' as assessment_kind,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        referral_date,
        assessment_start_date,
        assessment_end_date,
        _delivery_id,
        _source_file,
        _source_line
    from initial_assessments
    union all
    select
        'core' as assessment_kind,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        referral_date,
        assessment_start_date,
        assessment_end_date,
        _delivery_id,
        _source_file,
        _source_line
    from core_assessments
    union all
    select
        'single' as assessment_kind,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        referral_date,
        assessment_start_date,
        assessment_end_date,
        _delivery_id,
        _source_file,
        _source_line
    from single_assessments
),

-- One assessment recorded under two records of its referral is one: the last line counts.
newest_rows as (
    select
        *,
        row_number() over (
            partition by la_code, period_label, assessment_kind, child_id
            order by _delivery_id, _source_line, assessment_start_date, assessment_end_date
        ) as assessment_number
    from every_kind
    where child_id is not null
    qualify row_number() over (
            partition by
                la_code,
                period_label,
                assessment_kind,
                child_id,
                assessment_start_date,
                assessment_end_date,
                case when assessment_start_date is null then referral_date end
            order by _source_line desc, _delivery_id desc
        ) = 1
),

-- The first of a referral's initial assessments may be in an earlier year's census.
with_first_start as (
    select
        *,
        min(coalesce(assessment_start_date, referral_date)) over (
            partition by la_code, child_id, referral_date, assessment_kind
        ) as first_start_date
    from newest_rows
),

finished_initial_assessments as (
    select
        la_code,
        child_id,
        referral_date,
        assessment_end_date,
        min(period_start) as returned_from
    from newest_rows
    where assessment_kind = 'initial' and assessment_end_date is not null
    group by all
),

initial_ends as (
    select
        core.la_code,
        core.period_label,
        core.child_id,
        core.assessment_number,
        core.assessment_kind,
        max(finished_initial_assessments.assessment_end_date) as initial_end_date
    from newest_rows as core
    inner join finished_initial_assessments
        on core.la_code = finished_initial_assessments.la_code
            and core.child_id = finished_initial_assessments.child_id
            and core.referral_date = finished_initial_assessments.referral_date
            and core.period_start >= finished_initial_assessments.returned_from
            and coalesce(core.assessment_end_date, core.period_end)
            >= finished_initial_assessments.assessment_end_date
    where core.assessment_kind = 'core' and core.assessment_start_date is null
    group by all
),

-- What each kind is timed from: an initial assessment from the referral, a repeated one from its
-- own start (edge case 9); a core assessment without a start from the initial one's end.
with_clock as (
    select
        with_first_start.*,
        case
            when
                with_first_start.assessment_kind = 'initial'
                and (
                    with_first_start.assessment_start_date is null
                    or {{ reading('initial_assessment_clock_is_referral') }}
                    and with_first_start.assessment_start_date = with_first_start.first_start_date
                )
                then coalesce(
                        with_first_start.referral_date, with_first_start.assessment_start_date
                    )
            else coalesce(with_first_start.assessment_start_date, initial_ends.initial_end_date)
        end as clock_start_date,
        coalesce(with_first_start.assessment_end_date <= with_first_start.period_end, false)
            as is_finished,
        case
            when with_first_start.assessment_end_date <= with_first_start.period_end
                then with_first_start.assessment_end_date
            else with_first_start.period_end
        end as clock_end_date
    from with_first_start
    left join initial_ends
        on with_first_start.la_code = initial_ends.la_code
            and with_first_start.period_label = initial_ends.period_label
            and with_first_start.child_id = initial_ends.child_id
            and with_first_start.assessment_number = initial_ends.assessment_number
            and with_first_start.assessment_kind = initial_ends.assessment_kind
),

timed as (
    {{ with_working_days('with_clock', 'clock_start_date', 'clock_end_date') }}
),

limited as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        assessment_kind,
        cast(assessment_number as integer) as assessment_number,
        referral_date,
        clock_start_date,
        clock_end_date,
        is_finished,
        working_days,
        case
            when assessment_kind = 'core' then 35
            when assessment_kind = 'single' then 45
            when clock_end_date < cast('2010-04-01' as date)
                then {{ reading('initial_assessment_limit_days') }}
            else {{ reading('initial_assessment_limit_days_from_april_2010') }}
        end as limit_working_days,
        _delivery_id,
        _source_file,
        _source_line
    from timed
)

select * from limited
