{% macro described_on(day) -%}
    {#-
        The columns that describe a looked-after child on a day, in the order every population has
        them. Needs `descriptions` (int_looked_after__descriptions) joined, on the episode that
        says where the child was.
    -#}
    {%- set age = age_in_years('descriptions.date_of_birth', day) -%}
    descriptions.date_of_birth,
        cast({{ age }} as integer) as age_years,
        {{ age_band('(' ~ age ~ ')') }} as age_band,
        descriptions.sex,
        descriptions.ethnic_group,
        descriptions.minority_ethnic,
        descriptions.disability,
        descriptions.locality,
        descriptions.placement_type,
        descriptions.legal_status,
        descriptions.category_of_need,
        {{ unaccompanied_on(day) }} as uasc
{%- endmacro %}
