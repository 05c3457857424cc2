with returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

periods_of_care as (
    select * from {{ ref('int_looked_after__periods_of_care') }}
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

descriptions as (
    select * from {{ ref('int_looked_after__descriptions') }}
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

members as (
    select
        concat(first_starts.la_code, ':', first_starts.period_label, ':', first_starts.child_id)
            as member_id,
        returns.area_code,
        first_starts.la_code,
        first_starts.period_label,
        first_starts.period_start,
        first_starts.period_end,
        first_starts.child_id,
        first_starts.care_start_date as counted_on,
        {{ described_on('first_starts.care_start_date') }},
        first_starts.care_start_date,
        first_starts.is_care_starter,
        case
            when first_starts.is_care_starter then 'Started to be looked after'
            when first_starts.is_short_break then 'A series of short breaks began'
            else 'Care began in the return for another reason than S'
        end as reason,
        histories._delivery_id,
        histories._source_file,
        histories._source_line
    from first_starts
    inner join returns
        on first_starts.la_code = returns.la_code
            and first_starts.period_label = returns.period_label
    inner join histories
        on first_starts.la_code = histories.la_code
            and first_starts.period_label = histories.period_label
            and first_starts.child_id = histories.child_id
            and first_starts.first_episode_number = histories.episode_number
    inner join descriptions
        on first_starts.la_code = descriptions.la_code
            and first_starts.period_label = descriptions.period_label
            and first_starts.child_id = descriptions.child_id
            and first_starts.first_episode_number = descriptions.episode_number
)

select * from members
