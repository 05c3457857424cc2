with returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

reviews as (
    select * from {{ ref('int_looked_after__reviews') }}
),

descriptions as (
    select * from {{ ref('int_looked_after__descriptions') }}
),

described as (
    select
        concat(
            reviews.la_code, ':', reviews.period_label, ':', reviews.child_id, ':',
            cast(reviews.review_date as {{ dbt.type_string() }})
        ) as member_id,
        returns.area_code,
        reviews.la_code,
        reviews.period_label,
        reviews.period_start,
        reviews.period_end,
        reviews.child_id,
        reviews.review_date as counted_on,
        {{ described_on('reviews.review_date') }},
        reviews.participation_code,
        reviews._delivery_id,
        reviews._source_file,
        reviews._source_line
    from reviews
    inner join returns
        on reviews.la_code = returns.la_code
            and reviews.period_label = returns.period_label
    inner join descriptions
        on reviews.la_code = descriptions.la_code
            and reviews.period_label = descriptions.period_label
            and reviews.child_id = descriptions.child_id
            and reviews.episode_number = descriptions.episode_number
    where reviews.review_date >= reviews.period_start
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
        coalesce(age_years >= 4, false) as is_of_child_aged_4_or_over,
        coalesce(
            age_years >= 4 and participation_code in ('PN1', 'PN2', 'PN3', 'PN5', 'PN6'), false
        ) as has_taken_part,
        coalesce(
            age_years >= 4 and participation_code in ('PN1', 'PN2', 'PN3', 'PN4'), false
        ) as has_attended,
        case
            when age_years is null then 'No date of birth'
            when age_years < 4 then 'Under 4 at the review'
            else coalesce(concat('Participation ', participation_code), 'No participation code')
        end as reason,
        _delivery_id,
        _source_file,
        _source_line
    from described
)

select * from members
