with children as (
    select * from {{ ref('int_looked_after__children_on_31_march') }}
    where not is_short_break
),

local_ids as (
    select * from {{ ref('int_identity__local_ids') }}
    where return_name = 'ssda903'
),

pupil_numbers as (
    select * from {{ ref('int_identity__pupil_numbers') }}
),

-- By pupil number and date of birth, through the person both are: never by the number alone.
bridged as (
    select
        children.la_code,
        children.period_label,
        children.child_id,
        pupil_numbers.pupil_number
    from children
    inner join local_ids
        on children.la_code = local_ids.la_code
            and children.child_id = local_ids.local_id
    inner join pupil_numbers
        on local_ids.la_code = pupil_numbers.la_code
            and local_ids.person_id = pupil_numbers.person_id
)

select * from bridged
