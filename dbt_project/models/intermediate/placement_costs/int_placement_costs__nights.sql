with care_spans as (
    select * from {{ ref('int_looked_after__care_spans') }}
),

categories as (
    select * from {{ ref('ref_placement_category') }}
),

nights as (
    select
        care_spans.area_code,
        care_spans.la_code,
        care_spans.period_label,
        care_spans.period_start,
        care_spans.period_end,
        care_spans.child_id,
        care_spans.episode_number,
        care_spans.main_placement_type_code as placement_type_code,
        coalesce(categories.placement_category, 'other') as placement_category,
        case care_spans.main_placement_provider_code
            when 'PR0' then 'parents'
            when 'PR1' then 'own_authority'
            when 'PR2' then 'other_authority'
            when 'PR3' then 'other_public'
            when 'PR4' then 'private'
            when 'PR5' then 'voluntary'
            else 'unknown'
        end as provider_type,
        care_spans.span_start_date,
        care_spans.span_end_date,
        care_spans.night_count,
        care_spans.span_end_date > care_spans.period_end as is_there_on_31_march,
        care_spans._delivery_id,
        care_spans._source_file,
        care_spans._source_line
    from care_spans
    left join categories
        on care_spans.main_placement_type_code = categories.placement_type_code
            and categories.placement_provider_code in (
                'any', coalesce(nullif(care_spans.main_placement_provider_code, ''), 'none')
            )
)

select * from nights
