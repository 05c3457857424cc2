with local_ids as (
    select * from {{ ref('int_identity__local_ids') }}
),

mentions as (
    select * from {{ ref('int_identity__mentions') }}
),

replaced_numbers as (
    select * from {{ ref('int_identity__replaced_pupil_numbers') }}
),

known_to_social_care as (
    select
        la_code,
        person_id,
        max(date_of_birth) as date_of_birth,
        max(pupil_number) as pupil_number,
        count(distinct local_id) as local_id_count
    from local_ids
    group by la_code, person_id
),

pupils as (
    select distinct
        mentions.la_code,
        mentions.date_of_birth,
        coalesce(replaced_numbers.pupil_number, mentions.pupil_number) as pupil_number
    from mentions
    left join replaced_numbers
        on
            mentions.la_code = replaced_numbers.la_code
            and mentions.pupil_number = replaced_numbers.former_pupil_number
            and mentions.date_of_birth = replaced_numbers.date_of_birth
    where mentions.return_name = 'school_census' and mentions.date_of_birth is not null
),

known_to_schools_alone as (
    select
        pupils.la_code,
        md5(concat(
            pupils.la_code, ' UPN ', pupils.pupil_number, ' ', cast(pupils.date_of_birth as varchar)
        )) as person_id,
        pupils.date_of_birth,
        pupils.pupil_number,
        0 as local_id_count
    from pupils
    left join known_to_social_care
        on
            pupils.la_code = known_to_social_care.la_code
            and pupils.pupil_number = known_to_social_care.pupil_number
            and pupils.date_of_birth = known_to_social_care.date_of_birth
    where known_to_social_care.person_id is null
),

everybody as (
    select
        person_id,
        la_code,
        date_of_birth,
        pupil_number,
        local_id_count
    from known_to_social_care
    union all
    select
        person_id,
        la_code,
        date_of_birth,
        pupil_number,
        local_id_count
    from known_to_schools_alone
),

with_source as (
    select
        everybody.person_id,
        everybody.la_code,
        everybody.date_of_birth,
        everybody.pupil_number,
        everybody.local_id_count,
        everybody.local_id_count > 0 as is_known_to_social_care,
        pupils.pupil_number is not null as is_in_school_census
    from everybody
    left join pupils
        on
            everybody.la_code = pupils.la_code
            and everybody.pupil_number = pupils.pupil_number
            and everybody.date_of_birth = pupils.date_of_birth
)

select * from with_source
