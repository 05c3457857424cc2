with mentions as (
    select * from {{ ref('int_identity__mentions') }}
),

-- Wherever in the authority it was stated; where two successors were, neither is believed.
replaced as (
    select
        la_code,
        former_pupil_number,
        date_of_birth,
        min(pupil_number) as pupil_number
    from mentions
    where
        former_pupil_number is not null
        and pupil_number is not null
        and date_of_birth is not null
    group by la_code, former_pupil_number, date_of_birth
    having count(distinct pupil_number) = 1
)

select * from replaced
