with mentions as (
    select * from {{ ref('int_identity__mentions') }}
),

local_ids as (
    select * from {{ ref('int_identity__local_ids') }}
),

birth_dates_of_a_number as (
    select
        la_code,
        'local_id_with_several_birth_dates' as conflict_kind,
        local_id,
        cast(null as varchar) as pupil_number,
        count(distinct date_of_birth) as value_count
    from mentions
    where local_id is not null
    group by la_code, local_id
    having count(distinct date_of_birth) > 1
),

former_numbers as (
    select distinct
        la_code,
        local_id,
        former_pupil_number
    from mentions
    where local_id is not null and former_pupil_number is not null
),

pupil_numbers_of_a_number as (
    select
        mentions.la_code,
        'local_id_with_several_pupil_numbers' as conflict_kind,
        mentions.local_id,
        cast(null as varchar) as pupil_number,
        count(distinct mentions.pupil_number) as value_count
    from mentions
    left join former_numbers
        on
            mentions.la_code = former_numbers.la_code
            and mentions.local_id = former_numbers.local_id
            and mentions.pupil_number = former_numbers.former_pupil_number
    where mentions.local_id is not null and former_numbers.local_id is null
    group by mentions.la_code, mentions.local_id
    having count(distinct mentions.pupil_number) > 1
),

birth_dates_of_a_pupil_number as (
    select
        la_code,
        'pupil_number_with_several_birth_dates' as conflict_kind,
        cast(null as varchar) as local_id,
        pupil_number,
        count(distinct date_of_birth) as value_count
    from mentions
    where pupil_number is not null
    group by la_code, pupil_number
    having count(distinct date_of_birth) > 1
),

children_of_a_pupil_number as (
    select
        la_code,
        'pupil_number_of_several_children_in_one_return' as conflict_kind,
        cast(null as varchar) as local_id,
        pupil_number,
        count(distinct person_id) as value_count
    from local_ids
    where is_pupil_number_shared
    group by la_code, pupil_number
),

conflicts as (
    select * from birth_dates_of_a_number
    union all
    select * from pupil_numbers_of_a_number
    union all
    select * from birth_dates_of_a_pupil_number
    union all
    select * from children_of_a_pupil_number
)

select * from conflicts
