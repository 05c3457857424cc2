with children as (
    select * from {{ ref('int_identity__children') }}
),

mentions as (
    select * from {{ ref('int_identity__mentions') }}
),

numbers as (
    select
        la_code,
        pupil_number,
        person_id
    from children
    where pupil_number is not null
    union
    select
        children.la_code,
        mentions.former_pupil_number as pupil_number,
        children.person_id
    from mentions
    inner join children
        on
            mentions.la_code = children.la_code
            and mentions.pupil_number = children.pupil_number
            and mentions.date_of_birth = children.date_of_birth
    where mentions.former_pupil_number is not null
),

-- Results of key stages carry no date of birth, so a number that two children have is nobody's.
of_one_child as (
    select
        la_code,
        pupil_number,
        min(person_id) as person_id
    from numbers
    group by la_code, pupil_number
    having count(distinct person_id) = 1
)

select * from of_one_child
