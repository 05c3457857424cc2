-- Protects the unit costs: a night that is in two categories is paid once and divided by twice, and
-- one that is in none makes every category look dearer than it is.
with costs as (
    select * from {{ ref('placement_costs') }}
),

care_spans as (
    select * from {{ ref('int_looked_after__care_spans') }}
),

nights_of_care as (
    select
        area_code,
        period_label,
        sum(night_count) as nights
    from care_spans
    group by all
),

nights_by_category as (
    select
        area_code,
        period_label,
        sum(nights) as nights
    from costs
    where nights is not null
    group by all
)

select
    nights_of_care.area_code,
    nights_of_care.period_label
from nights_of_care
full outer join nights_by_category
    on nights_of_care.area_code = nights_by_category.area_code
        and nights_of_care.period_label = nights_by_category.period_label
where coalesce(nights_of_care.nights, 0) <> coalesce(nights_by_category.nights, 0)
