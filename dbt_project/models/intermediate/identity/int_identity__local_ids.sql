with mentions as (
    select * from {{ ref('int_identity__mentions') }}
),

replaced_numbers as (
    select * from {{ ref('int_identity__replaced_pupil_numbers') }}
),

birth_dates_counted as (
    select
        la_code,
        local_id,
        count(distinct date_of_birth) as birth_date_count
    from mentions
    where local_id is not null
    group by all
),

-- Returns of one authority share its numbers, so that a number is one child in all of them:
-- unless they state different dates of birth for it, when each return's child is its own.
keyed as (
    select
        mentions.la_code,
        mentions.period_label,
        mentions.return_name,
        mentions.local_id,
        mentions.pupil_number,
        mentions.former_pupil_number,
        mentions.date_of_birth,
        case
            when birth_dates_counted.birth_date_count > 1
                then concat(mentions.return_name, ' ', mentions.local_id)
            else mentions.local_id
        end as local_key
    from mentions
    inner join birth_dates_counted
        on
            mentions.la_code = birth_dates_counted.la_code
            and mentions.local_id = birth_dates_counted.local_id
),

former_numbers as (
    select distinct
        la_code,
        local_key,
        former_pupil_number
    from keyed
    where former_pupil_number is not null
),

present_numbers as (
    select
        keyed.la_code,
        keyed.local_key,
        case
            when count(distinct keyed.pupil_number) = 1 then min(keyed.pupil_number)
        end as pupil_number
    from keyed
    left join former_numbers
        on
            keyed.la_code = former_numbers.la_code
            and keyed.local_key = former_numbers.local_key
            and keyed.pupil_number = former_numbers.former_pupil_number
    where former_numbers.local_key is null
    group by all
),

birth_dates as (
    select
        la_code,
        local_key,
        case
            when count(distinct date_of_birth) = 1 then min(date_of_birth)
        end as date_of_birth
    from keyed
    group by la_code, local_key
),

described as (
    select
        birth_dates.la_code,
        birth_dates.local_key,
        birth_dates.date_of_birth,
        coalesce(replaced_numbers.pupil_number, present_numbers.pupil_number) as pupil_number
    from birth_dates
    left join present_numbers
        on
            birth_dates.la_code = present_numbers.la_code
            and birth_dates.local_key = present_numbers.local_key
    left join replaced_numbers
        on
            birth_dates.la_code = replaced_numbers.la_code
            and present_numbers.pupil_number = replaced_numbers.former_pupil_number
            and birth_dates.date_of_birth = replaced_numbers.date_of_birth
),

-- Two children of one return and year are two: one of them has the other's pupil number.
children_stating as (
    select distinct
        keyed.la_code,
        keyed.return_name,
        keyed.period_label,
        keyed.local_key,
        described.pupil_number,
        described.date_of_birth
    from keyed
    inner join described
        on keyed.la_code = described.la_code and keyed.local_key = described.local_key
    where keyed.pupil_number is not null and described.pupil_number is not null
),

children_counted as (
    select
        la_code,
        return_name,
        period_label,
        pupil_number,
        date_of_birth,
        count(*) as child_count
    from children_stating
    group by all
),

shared_numbers as (
    select
        la_code,
        pupil_number,
        date_of_birth,
        max(child_count) as child_count
    from children_counted
    where child_count > 1
    group by all
),

judged as (
    select
        described.la_code,
        described.local_key,
        described.date_of_birth,
        described.pupil_number,
        shared_numbers.pupil_number is not null as is_pupil_number_shared,
        described.pupil_number is not null
        and described.date_of_birth is not null
        and shared_numbers.pupil_number is null as is_bridged
    from described
    left join shared_numbers
        on
            described.la_code = shared_numbers.la_code
            and described.pupil_number = shared_numbers.pupil_number
            and described.date_of_birth = shared_numbers.date_of_birth
),

first_keys as (
    select
        is_bridged,
        la_code,
        pupil_number,
        date_of_birth,
        min(local_key) as local_key
    from judged
    where is_bridged
    group by all
),

persons as (
    select
        judged.la_code,
        judged.local_key,
        judged.date_of_birth,
        judged.pupil_number,
        judged.is_pupil_number_shared,
        coalesce(first_keys.local_key, judged.local_key) as person_key
    from judged
    left join first_keys
        on
            judged.is_bridged = first_keys.is_bridged
            and judged.la_code = first_keys.la_code
            and judged.pupil_number = first_keys.pupil_number
            and judged.date_of_birth = first_keys.date_of_birth
),

numbered as (
    select distinct
        keyed.la_code,
        keyed.return_name,
        keyed.local_id,
        md5(concat(persons.la_code, ' ', persons.person_key)) as person_id,
        persons.date_of_birth,
        persons.pupil_number,
        persons.is_pupil_number_shared
    from keyed
    inner join persons
        on keyed.la_code = persons.la_code and keyed.local_key = persons.local_key
)

select * from numbered
