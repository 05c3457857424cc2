with children as (
    select * from {{ ref('int_looked_after__children_on_31_march') }}
    where not is_short_break
),

placements as (
    select * from {{ ref('int_looked_after__placements') }}
),

histories as (
    select * from {{ ref('int_looked_after__histories') }}
),

descriptions as (
    select * from {{ ref('int_looked_after__descriptions') }}
),

placements_in_order as (
    select
        *,
        lag(placement_start_date) over child_placements as start_date_before,
        lag(placement_end_date) over child_placements as end_date_before
    from placements
    window child_placements as (
        partition by la_code, period_label, child_id
        order by placement_number
    )
),

current_placements as (
    select * from placements_in_order
    qualify row_number() over (
            partition by la_code, period_label, child_id
            order by placement_number desc
        ) = 1
),

with_type_before as (
    select
        la_code,
        period_label,
        child_id,
        episode_start_date,
        placement_type_code,
        lag(placement_type_code) over (
            partition by la_code, period_label, child_id
            order by episode_number
        ) as type_code_before
    from histories
    where
        not is_short_break
        and not is_without_night
        and substr(placement_type_code, 1, 1) not in ('T', 'M')
),

-- From the publication of 2021 a carer who becomes a fosterer for adoption (U2, U5) is a change of
-- placement (edge case 57).
fosterings_for_adoption as (
    select
        with_type_before.la_code,
        with_type_before.period_label,
        with_type_before.child_id,
        max(with_type_before.episode_start_date) as fostering_for_adoption_date
    from with_type_before
    inner join current_placements
        on with_type_before.la_code = current_placements.la_code
            and with_type_before.period_label = current_placements.period_label
            and with_type_before.child_id = current_placements.child_id
            and with_type_before.episode_start_date > current_placements.placement_start_date
    where
        with_type_before.placement_type_code in ('U2', 'U5')
        and with_type_before.type_code_before not in ('U2', 'U5')
    group by all
),

by_method as (
    select
        children.*,
        children.period_end >= case '{{ reading("ni63_method") }}'
            when 'pre_2021' then cast('9999-12-31' as date)
            when '2021_on' then cast('0001-01-01' as date)
            else cast('2021-03-31' as date)
        end as is_method_of_2021,
        current_placements.placement_start_date,
        case
            when substr(current_placements.first_placement_type_code, 1, 1) = 'A'
                then coalesce(
                        {{ dbt.datediff(
                            'current_placements.start_date_before',
                            'current_placements.end_date_before',
                            'day'
                        ) }},
                        0
                    )
            else 0
        end as days_before_adopters,
        fosterings_for_adoption.fostering_for_adoption_date
    from children
    inner join current_placements
        on children.la_code = current_placements.la_code
            and children.period_label = current_placements.period_label
            and children.child_id = current_placements.child_id
    left join fosterings_for_adoption
        on children.la_code = fosterings_for_adoption.la_code
            and children.period_label = fosterings_for_adoption.period_label
            and children.child_id = fosterings_for_adoption.child_id
),

-- Placed for adoption: the one placement before is added to the time with the adopters.
counted_from as (
    select
        *,
        case
            when is_method_of_2021 and fostering_for_adoption_date is not null
                then fostering_for_adoption_date
            else cast(
                    {{ dbt.dateadd('day', '-days_before_adopters', 'placement_start_date') }}
                    as date
                )
        end as counted_from_date
    from by_method
),

described as (
    select
        concat(counted_from.la_code, ':', counted_from.period_label, ':', counted_from.child_id)
            as member_id,
        counted_from.area_code,
        counted_from.la_code,
        counted_from.period_label,
        counted_from.period_start,
        counted_from.period_end,
        counted_from.child_id,
        counted_from.period_end as counted_on,
        {{ described_on('counted_from.period_end') }},
        counted_from.care_start_date,
        counted_from.placement_start_date,
        counted_from.counted_from_date,
        counted_from.is_method_of_2021 and counted_from.has_begun_as_short_breaks
            as is_out_by_short_breaks,
        counted_from.care_start_date
        <= cast({{ dbt.dateadd('month', -30, 'counted_from.period_end') }} as date)
            as is_in_care_long_enough,
        counted_from.counted_from_date
        <= cast({{ dbt.dateadd('year', -2, 'counted_from.period_end') }} as date)
            as is_placed_long_enough,
        cast(
            {{ dbt.datediff('counted_from.counted_from_date', 'counted_from.period_end', 'day') }}
            as integer
        ) as placement_days,
        counted_from._delivery_id,
        counted_from._source_file,
        counted_from._source_line
    from counted_from
    inner join descriptions
        on counted_from.la_code = descriptions.la_code
            and counted_from.period_label = descriptions.period_label
            and counted_from.child_id = descriptions.child_id
            and counted_from.episode_number = descriptions.episode_number
),

judged as (
    select
        *,
        is_in_care_long_enough and coalesce(age_years < 16, false) and not is_out_by_short_breaks
            as is_long_term_looked_after
    from described
),

members as (
    select
        member_id,
        area_code,
        la_code,
        period_label,
        period_start,
        period_end,
        child_id,
        counted_on,
        date_of_birth,
        age_years,
        age_band,
        sex,
        ethnic_group,
        minority_ethnic,
        disability,
        locality,
        placement_type,
        legal_status,
        category_of_need,
        uasc,
        care_start_date,
        placement_start_date,
        counted_from_date,
        is_long_term_looked_after,
        is_long_term_looked_after and is_placed_long_enough as has_lasting_placement,
        placement_days,
        case
            when age_years is null then 'No date of birth'
            when age_years >= 16 then 'Aged 16 or over on 31 March'
            when not is_in_care_long_enough then 'Looked after for less than two and a half years'
            when is_out_by_short_breaks then 'Care began as a series of short breaks'
            when is_placed_long_enough then 'In the placement for two years'
            else 'In the placement for less than two years'
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from judged
)

select * from members
