with histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

-- Short breaks are outside (edge cases 60, 61); a stay of no night is no placement (case 66).
nights_in_care as (
    select
        *,
        case
            when placement_type_code in ('T0', 'T1', 'T2', 'T3', 'T4') then 'temporary'
            when
                placement_type_code in ('M1', 'M2', 'M3')
                and not {{ reading('missing_is_placement') }}
                then 'missing'
            else 'placement'
        end as stay_kind,
        -- One carer, as far as a return says: Ofsted number and postcode. Where one of them is
        -- blank (parents, confidential addresses) type and provider must agree as well.
        concat(
            coalesce(provider_urn, ''), '/', coalesce(placement_postcode, ''),
            case
                when provider_urn is null or placement_postcode is null
                    then concat(
                            '/', coalesce(placement_type_code, ''),
                            '/', coalesce(placement_provider_code, '')
                        )
                else ''
            end
        ) as carer_key
    from histories
    where not is_short_break and not is_without_night
),

with_episode_before as (
    select
        *,
        lag(stay_kind) over child_history as stay_kind_before,
        lag(placement_type_code) over child_history as placement_type_code_before,
        coalesce(
            lag(coalesce(episode_end_date, period_end)) over child_history >= episode_start_date,
            false
        ) as follows_directly
    from nights_in_care
    window child_history as (
        partition by la_code, period_label, child_id
        order by episode_number
    )
),

-- A stay goes on when only the legal status changes (RNE L, case 52) or the carer stays the same
-- (RNE T and U, cases 55, 57, 58; adoption by the foster carer, A3 and A5). S, P and B start one.
marked_starts as (
    select
        *,
        follows_directly
        and stay_kind = stay_kind_before
        and coalesce(
            start_reason_code = 'L'
            or {{ reading('same_carer_is_same_placement') }}
            and (
                start_reason_code in ('T', 'U')
                or placement_type_code in ('A2', 'A3', 'A5')
                and substr(placement_type_code_before, 1, 1) in ('F', 'Q', 'U')
            ),
            false
        ) as continues_stay
    from with_episode_before
),

with_stay_number as (
    select
        *,
        sum(case when continues_stay then 0 else 1 end) over (
            partition by la_code, period_label, child_id
            order by episode_number
            rows between unbounded preceding and current row
        ) as stay_number
    from marked_starts
),

stays as (
    select
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        stay_number,
        min(stay_kind) as stay_kind,
        min_by(follows_directly, episode_number) as follows_directly,
        min_by(coalesce(start_reason_code, ''), episode_number) as start_reason_code,
        min(episode_start_date) as stay_start_date,
        nullif(
            max(coalesce(episode_end_date, cast('9999-12-31' as date))),
            cast('9999-12-31' as date)
        ) as stay_end_date,
        min_by(carer_key, episode_number) as first_carer_key,
        max_by(carer_key, episode_number) as last_carer_key,
        min_by(coalesce(placement_type_code, ''), episode_number) as first_placement_type_code,
        min(episode_start_date) filter (
            where placement_type_code in ('A1', 'A2', 'A3', 'A4', 'A5', 'A6')
        ) as moved_in_date,
        max_by(coalesce(placement_type_code, ''), episode_number) as placement_type_code,
        max_by(coalesce(placement_provider_code, ''), episode_number) as placement_provider_code
    from with_stay_number
    group by all
)

select * from stays
