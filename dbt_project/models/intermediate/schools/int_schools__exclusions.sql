with exclusions as (
    select
        *,
        -- Numbers of pupils no longer on roll point to no file the return has: they are nobody.
        case when not is_off_roll_file then pupil_on_roll_id end as on_roll_id
    from {{ ref('stg_school_census__exclusions') }}
    where exclusion_start_date is not null
),

pupils as (
    select * from {{ ref('stg_school_census__pupils') }}
),

years as (
    select * from {{ ref('reporting_years') }}
),

with_pupils as (
    select
        exclusions.*,
        extract(year from exclusions.exclusion_start_date)
        - case when extract(month from exclusions.exclusion_start_date) < 9 then 1 else 0 end
            as start_year,
        {{ clean_pupil_number('pupils.unique_pupil_number') }} as pupil_number,
        pupils.date_of_birth,
        pupils.sex,
        pupils.ethnicity_code
    from exclusions
    left join pupils
        on exclusions.la_code = pupils.la_code
            and exclusions.period_label = pupils.period_label
            and exclusions.term = pupils.term
            and exclusions.on_roll_id = pupils.pupil_on_roll_id
    qualify row_number() over (
            partition by exclusions._delivery_id, exclusions._source_line
            order by pupils._delivery_id desc, pupils._source_line asc
        ) = 1
),

-- An exclusion belongs to the school year it began in, whichever census says so; two censuses, or
-- both schools of a pupil, may say so.
in_years as (
    select
        with_pupils.la_code,
        years.financial_year_label as period_label,
        {{ academic_year_start('years.financial_year_label') }} as period_start,
        {{ academic_year_end('years.financial_year_label') }} as period_end,
        concat(
            with_pupils.period_label, ' ', coalesce(with_pupils.term, ''),
            case when with_pupils.is_off_roll_file then ' off roll ' else ' ' end,
            with_pupils.exclusion_id
        ) as exclusion_key,
        with_pupils.exclusion_start_date,
        case
            when with_pupils.exclusion_category_code = 'FIXD' then 'SUSP'
            else with_pupils.exclusion_category_code
        end as exclusion_category_code,
        with_pupils.excluded_session_count,
        with_pupils.pupil_number,
        with_pupils.date_of_birth,
        coalesce(with_pupils.sex, 'Unknown') as sex,
        with_pupils.ethnicity_code,
        with_pupils._delivery_id,
        with_pupils._source_file,
        with_pupils._source_line
    from with_pupils
    inner join years on with_pupils.start_year = years.start_year
),

said_once as (
    select * from in_years
    qualify row_number() over (
            partition by
                la_code,
                coalesce(pupil_number, exclusion_key),
                exclusion_start_date,
                exclusion_category_code
            order by _delivery_id desc, _source_line asc
        ) = 1
)

select * from said_once
