with returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

periods_of_care as (
    select * from {{ ref('int_looked_after__periods_of_care') }}
),

entry_days as (
    select * from {{ ref('int_looked_after__entry_days') }}
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

assessments as (
    select * from {{ ref('stg_looked_after_health__initial_assessments') }}
),

begun_in_year as (
    select
        returns.area_code,
        returns.known_until,
        periods_of_care.la_code,
        periods_of_care.period_label,
        periods_of_care.period_start,
        periods_of_care.period_end,
        periods_of_care.child_id,
        periods_of_care.first_episode_number as episode_number,
        periods_of_care.care_start_date,
        periods_of_care.care_end_date,
        entry_days.twentieth_working_day as due_date
    from periods_of_care
    inner join returns
        on periods_of_care.la_code = returns.la_code
            and periods_of_care.period_label = returns.period_label
    inner join entry_days on periods_of_care.care_start_date = entry_days.care_start_date
    where
        not periods_of_care.is_short_break
        and periods_of_care.first_start_reason_code = 'S'
        and periods_of_care.care_start_date
        between periods_of_care.period_start and periods_of_care.period_end
),

-- Health knows the entry to care by its day, or by another one: then by an assessment held in it.
first_assessments as (
    select
        begun_in_year.la_code,
        begun_in_year.period_label,
        begun_in_year.child_id,
        begun_in_year.care_start_date,
        assessments.assessment_date,
        assessments._delivery_id,
        assessments._source_file,
        assessments._source_line
    from begun_in_year
    inner join assessments
        on begun_in_year.la_code = assessments.la_code
            and begun_in_year.child_id = assessments.child_id
            and begun_in_year.care_start_date <= assessments.assessment_date
            and (
                begun_in_year.care_end_date is null
                or begun_in_year.care_end_date > assessments.assessment_date
            )
    qualify row_number() over (
            partition by
                begun_in_year.la_code,
                begun_in_year.period_label,
                begun_in_year.child_id,
                begun_in_year.care_start_date
            order by assessments.assessment_date asc, assessments._source_line asc
        ) = 1
),

entries as (
    select
        begun_in_year.area_code,
        begun_in_year.la_code,
        begun_in_year.period_label,
        begun_in_year.period_start,
        begun_in_year.period_end,
        begun_in_year.child_id,
        begun_in_year.episode_number,
        begun_in_year.care_start_date,
        begun_in_year.care_end_date,
        begun_in_year.due_date,
        first_assessments.assessment_date,
        begun_in_year.due_date <= begun_in_year.known_until
        and coalesce(begun_in_year.care_end_date >= begun_in_year.due_date, true)
            as is_assessment_due,
        coalesce(first_assessments._delivery_id, histories._delivery_id) as _delivery_id,
        coalesce(first_assessments._source_file, histories._source_file) as _source_file,
        coalesce(first_assessments._source_line, histories._source_line) as _source_line
    from begun_in_year
    inner join histories
        on begun_in_year.la_code = histories.la_code
            and begun_in_year.period_label = histories.period_label
            and begun_in_year.child_id = histories.child_id
            and begun_in_year.episode_number = histories.episode_number
    left join first_assessments
        on begun_in_year.la_code = first_assessments.la_code
            and begun_in_year.period_label = first_assessments.period_label
            and begun_in_year.child_id = first_assessments.child_id
            and begun_in_year.care_start_date = first_assessments.care_start_date
)

select * from entries
