with stays as (
    select * from {{ ref('int_looked_after__stays') }}
),

-- Absences (temporary stays, missing) between two stays with carers form a run, known by how many
-- of those came before it.
with_run_number as (
    select
        *,
        least(
            coalesce(stay_end_date, cast('9999-12-31' as date)),
            cast({{ dbt.dateadd('day', 1, 'period_end') }} as date)
        ) as day_back,
        sum(case when stay_kind = 'placement' then 1 else 0 end) over (
            partition by la_code, period_label, child_id
            order by stay_number
            rows between unbounded preceding and current row
        ) as run_number
    from stays
),

absence_runs as (
    select
        la_code,
        period_label,
        child_id,
        run_number,
        bool_and(follows_directly or (run_number = 0 and start_reason_code <> 'S'))
            as is_within_care,
        max(coalesce(stay_end_date, cast('9999-12-31' as date))) > max(period_end) as is_open,
        count(*) filter (
            where placement_type_code = 'T4'
            and {{ dbt.datediff('stay_start_date', 'day_back', 'day') }}
            > {{ reading('temporary_stay_limit_nights') }}
        ) = 0 as is_within_limit
    from with_run_number
    where stay_kind <> 'placement'
    group by all
),

carers as (
    select
        *,
        lag(last_carer_key) over (
            partition by la_code, period_label, child_id
            order by stay_number
        ) as last_carer_key_before
    from with_run_number
    where stay_kind = 'placement'
),

-- An absence is overlooked only when the child goes back to the same carer (case 53), no T4 stay in
-- it was longer than allowed (case 54), and care never stopped.
judged_runs as (
    select
        absence_runs.*,
        absence_runs.run_number + 1 as next_run_number,
        absence_runs.is_within_care and absence_runs.is_within_limit and case
            when carers.stay_number is null
                then absence_runs.is_open and not {{ reading('open_temporary_stay_is_placement') }}
            when absence_runs.run_number = 0
                then
                    carers.follows_directly
                    and not {{ reading('first_temporary_stay_is_placement') }}
            else
                carers.follows_directly
                and carers.first_carer_key = carers.last_carer_key_before
        end as is_overlooked,
        absence_runs.run_number > 0
        and coalesce(
            carers.follows_directly and carers.first_carer_key = carers.last_carer_key_before,
            false
        ) as ends_with_return
    from absence_runs
    left join carers
        on absence_runs.la_code = carers.la_code
            and absence_runs.period_label = carers.period_label
            and absence_runs.child_id = carers.child_id
            and absence_runs.run_number + 1 = carers.run_number
),

marked_starts as (
    select
        with_run_number.*,
        -- The joins find a run for any stay; which of them says something is chosen here, as a
        -- condition on one side alone would keep the engine from joining by the keys.
        case
            when with_run_number.stay_kind = 'placement'
                then not coalesce(
                        run_before.is_overlooked and run_before.ends_with_return, false
                    )
            when with_run_number.stay_kind = 'missing' then false
            else not coalesce(own_run.is_overlooked, false)
        end as starts_placement
    from with_run_number
    left join judged_runs as own_run
        on with_run_number.la_code = own_run.la_code
            and with_run_number.period_label = own_run.period_label
            and with_run_number.child_id = own_run.child_id
            and with_run_number.run_number = own_run.run_number
    left join judged_runs as run_before
        on with_run_number.la_code = run_before.la_code
            and with_run_number.period_label = run_before.period_label
            and with_run_number.child_id = run_before.child_id
            and with_run_number.run_number = run_before.next_run_number
),

-- An absence that is overlooked belongs to the placement before it; at the beginning, to the first.
with_placement_number as (
    select
        *,
        greatest(
            sum(case when starts_placement then 1 else 0 end) over (
                partition by la_code, period_label, child_id
                order by stay_number
                rows between unbounded preceding and current row
            ),
            1
        ) as placement_number
    from marked_starts
),

placements as (
    select
        la_code,
        period_label,
        child_id,
        placement_number,
        min(stay_start_date) as placement_start_date,
        nullif(
            max(coalesce(stay_end_date, cast('9999-12-31' as date))),
            cast('9999-12-31' as date)
        ) as placement_end_date,
        min_by(coalesce(first_placement_type_code, ''), stay_number)
            as first_placement_type_code,
        min(moved_in_date) as moved_in_date,
        min_by(first_carer_key, stay_number) as first_carer_key,
        max_by(last_carer_key, stay_number) as last_carer_key,
        bool_and(stay_kind <> 'placement') as is_temporary,
        bool_or(
            coalesce(stay_end_date, cast('9999-12-31' as date))
            > case
                when {{ reading('placement_ended_on_first_day_counts') }}
                    then {{ dbt.dateadd('day', -1, 'period_start') }}
                else period_start
            end
        ) as is_in_year
    from with_placement_number
    group by all
)

select * from placements
