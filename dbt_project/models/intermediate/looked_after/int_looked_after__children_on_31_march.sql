with returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

periods_of_care as (
    select * from {{ ref('int_looked_after__periods_of_care') }}
),

care_spans as (
    select * from {{ ref('int_looked_after__care_spans') }}
),

postcodes as (
    select
        postcode,
        min(easting_metres) as easting_metres,
        min(northing_metres) as northing_metres
    from {{ ref('stg_postcode_directory__postcodes') }}
    group by all
),

-- Open on 31 March: started by then and not ended by the end of that day (edge case 65). A child
-- with two open episodes is one child; the latest that is no short break describes the child.
open_on_31_march as (
    select * from histories
    where is_open_at_period_end
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by is_short_break asc, episode_start_date desc, episode_number desc
        ) = 1
),

nights_in_care as (
    select
        la_code,
        period_label,
        child_id,
        sum(night_count) as night_count
    from care_spans
    group by all
),

-- The distance the return gives counts; without one, the straight line between the postcodes.
children as (
    select
        returns.area_code,
        returns.known_until,
        open_on_31_march.la_code,
        open_on_31_march.period_label,
        open_on_31_march.period_start,
        open_on_31_march.period_end,
        open_on_31_march.child_id,
        open_on_31_march.episode_number,
        open_on_31_march.is_short_break,
        periods_of_care.care_start_date,
        periods_of_care.has_begun_as_short_breaks,
        coalesce(care_spans.main_episode_number, open_on_31_march.episode_number)
            as main_episode_number,
        coalesce(care_spans.main_placement_type_code, open_on_31_march.placement_type_code)
            as placement_type_code,
        coalesce(
            care_spans.main_placement_provider_code, open_on_31_march.placement_provider_code
        ) as placement_provider_code,
        coalesce(
            open_on_31_march.placement_distance_miles,
            sqrt(
                power(homes.easting_metres - carers.easting_metres, 2)
                + power(homes.northing_metres - carers.northing_metres, 2)
            ) / 1609.344
        ) as distance_miles,
        cast(coalesce(nights_in_care.night_count, 0) as integer) as care_night_count,
        open_on_31_march._delivery_id,
        open_on_31_march._source_file,
        open_on_31_march._source_line
    from open_on_31_march
    inner join returns
        on open_on_31_march.la_code = returns.la_code
            and open_on_31_march.period_label = returns.period_label
    inner join periods_of_care
        on open_on_31_march.la_code = periods_of_care.la_code
            and open_on_31_march.period_label = periods_of_care.period_label
            and open_on_31_march.child_id = periods_of_care.child_id
            and open_on_31_march.is_short_break = periods_of_care.is_short_break
            and open_on_31_march.episode_number
            between periods_of_care.first_episode_number and periods_of_care.last_episode_number
    left join care_spans
        on open_on_31_march.la_code = care_spans.la_code
            and open_on_31_march.period_label = care_spans.period_label
            and open_on_31_march.child_id = care_spans.child_id
            and open_on_31_march.episode_number = care_spans.episode_number
    left join nights_in_care
        on open_on_31_march.la_code = nights_in_care.la_code
            and open_on_31_march.period_label = nights_in_care.period_label
            and open_on_31_march.child_id = nights_in_care.child_id
    left join postcodes as homes on open_on_31_march.home_postcode = homes.postcode
    left join postcodes as carers on open_on_31_march.placement_postcode = carers.postcode
)

select * from children
