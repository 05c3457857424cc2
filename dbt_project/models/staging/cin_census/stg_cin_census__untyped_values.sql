{% set typed_columns = [
    ('header', 'collection_year', 'integer'),
    ('header', 'reference_date', 'date'),
    ('header_source', 'source_sequence', 'integer'),
    ('child', 'person_birth_date', 'date'),
    ('child', 'expected_person_birth_date', 'date'),
    ('child', 'person_death_date', 'date'),
    ('cin', 'cin_referral_date', 'date'),
    ('cin', 'cin_sequence', 'integer'),
    ('cin', 'cin_closure_date', 'date'),
    ('cin', 'date_of_initial_cpc', 'date'),
    ('cin', 'referral_nfa', 'boolean'),
    ('initial_assessment', 'cin_referral_date', 'date'),
    ('initial_assessment', 'cin_sequence', 'integer'),
    ('initial_assessment', 'initial_assessment_sequence', 'integer'),
    ('initial_assessment', 'initial_assessment_start_date', 'date'),
    ('initial_assessment', 'initial_assessment_end_date', 'date'),
    ('core_assessment', 'cin_referral_date', 'date'),
    ('core_assessment', 'cin_sequence', 'integer'),
    ('core_assessment', 'core_assessment_sequence', 'integer'),
    ('core_assessment', 'core_assessment_start_date', 'date'),
    ('core_assessment', 'core_assessment_end_date', 'date'),
    ('section47', 'cin_referral_date', 'date'),
    ('section47', 'cin_sequence', 'integer'),
    ('section47', 'section47_sequence', 'integer'),
    ('section47', 's47_actual_start_date', 'date'),
    ('section47', 'initial_cpc_target', 'date'),
    ('section47', 'date_of_initial_cpc', 'date'),
    ('section47', 'icpc_not_required', 'boolean'),
    ('cpp', 'cin_referral_date', 'date'),
    ('cpp', 'cin_sequence', 'integer'),
    ('cpp', 'cpp_sequence', 'integer'),
    ('cpp', 'cpp_start_date', 'date'),
    ('cpp', 'cpp_end_date', 'date'),
    ('cpp', 'number_of_previous_cpp', 'integer'),
    ('cpp_review', 'cin_referral_date', 'date'),
    ('cpp_review', 'cin_sequence', 'integer'),
    ('cpp_review', 'cpp_sequence', 'integer'),
    ('cpp_review', 'cpp_start_date', 'date'),
    ('cpp_review', 'cpp_review_date', 'date'),
    ('assessment', 'cin_referral_date', 'date'),
    ('assessment', 'cin_sequence', 'integer'),
    ('assessment', 'assessment_sequence', 'integer'),
    ('assessment', 'assessment_actual_start_date', 'date'),
    ('assessment', 'assessment_internal_review_date', 'date'),
    ('assessment', 'assessment_authorisation_date', 'date'),
    ('factor', 'cin_referral_date', 'date'),
    ('factor', 'cin_sequence', 'integer'),
    ('factor', 'assessment_sequence', 'integer'),
    ('factor', 'assessment_actual_start_date', 'date'),
    ('cin_plan', 'cin_referral_date', 'date'),
    ('cin_plan', 'cin_sequence', 'integer'),
    ('cin_plan', 'cin_plan_sequence', 'integer'),
    ('cin_plan', 'cin_plan_start_date', 'date'),
    ('cin_plan', 'cin_plan_end_date', 'date'),
    ('pre_proceedings', 'cin_referral_date', 'date'),
    ('pre_proceedings', 'cin_sequence', 'integer'),
    ('pre_proceedings', 'pre_proceedings_sequence', 'integer'),
    ('pre_proceedings', 'initial_pp_meeting_date', 'date'),
    ('pre_proceedings', 'review_meetings_count', 'integer'),
] %}

with deliveries_in_force as (
    select * from {{ ref('stg_pier__deliveries_in_force') }}
),

untyped_cells as (
    {{ untyped_values('cin_census', typed_columns) }}
),

in_force as (
    select
        deliveries_in_force.la_code,
        deliveries_in_force.period_label,
        untyped_cells.*
    from untyped_cells
    inner join deliveries_in_force on untyped_cells._delivery_id = deliveries_in_force.delivery_id
)

select * from in_force
