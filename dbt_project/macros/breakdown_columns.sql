{% macro breakdown_columns() -%}
    {#-
        The characteristics figures are broken down by, in the order they are listed: of the child
        and of the case first, then those that only some populations have.
    -#}
    {{ return([
        'age_band',
        'sex',
        'ethnic_group',
        'minority_ethnic',
        'disability',
        'locality',
        'placement_type',
        'legal_status',
        'category_of_need',
        'uasc',
        'social_care_status',
        'duration',
        'disability_kind',
        'leaving_reason',
        'leaver_activity',
        'age_at_order',
        'audit_grade',
        'pupil_ethnic_group',
    ]) }}
{%- endmacro %}
