with years as (
    select * from {{ ref('int_returns__years') }}
    where return_name = 'school_census'
),

pupils as (
    select * from {{ ref('int_schools__january_pupils') }}
    where is_main_registration and travel_mode_code is not null
),

members as (
    select
        concat(pupils.la_code, ':', pupils.period_label, ':', pupils.pupil_key) as member_id,
        years.area_code,
        pupils.la_code,
        pupils.period_label,
        pupils.period_start,
        pupils.period_end,
        pupils.pupil_number as child_id,
        {{ day_of_school_year('pupils.period_label', '01-31') }} as counted_on,
        pupils.date_of_birth,
        pupils.age_on_31_august as age_years,
        {{ age_band('pupils.age_on_31_august') }} as age_band,
        pupils.sex,
        pupils.ethnic_group,
        pupils.minority_ethnic,
        pupils.locality,
        true as is_travel_known,
        pupils.travel_mode_code in ('CAR', 'TXI') as is_by_car,
        pupils.travel_mode_code = 'CRS' as is_by_shared_car,
        pupils.travel_mode_code in ('BNK', 'DSB', 'PSB', 'TRN', 'LUL', 'MTL')
            as is_by_public_transport,
        pupils.travel_mode_code = 'WLK' as is_on_foot,
        pupils.travel_mode_code = 'CYC' as is_by_bicycle,
        concat('Usual mode of travel ', pupils.travel_mode_code, '.') as reason,
        pupils._delivery_id,
        pupils._source_file,
        pupils._source_line
    from pupils
    inner join years
        on pupils.la_code = years.la_code
            and pupils.period_label = years.period_label
    where pupils.age_on_31_august between 5 and 15
)

select * from members
