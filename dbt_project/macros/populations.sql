{% macro populations() -%}
    {#-
        The populations indicators are counted in: every model of models/marts/populations. A new
        one is added here; its flags, measures and breakdowns are read from its contract.
    -#}
    {{ return([
        'pop_adopted_children',
        'pop_assessments',
        'pop_care_leavers',
        'pop_care_reviews',
        'pop_care_starters',
        'pop_children_in_need',
        'pop_children_in_need_monthly',
        'pop_children_leaving_care',
        'pop_children_looked_after',
        'pop_children_measured',
        'pop_children_reviewed',
        'pop_contact_flow',
        'pop_contacts',
        'pop_early_help',
        'pop_early_years_children',
        'pop_exclusions',
        'pop_exploited_children',
        'pop_file_audits',
        'pop_infants_due_feeding_check',
        'pop_initial_conferences',
        'pop_initial_health_assessments',
        'pop_key_stage_2_pupils',
        'pop_key_stage_4_pupils',
        'pop_long_term_looked_after',
        'pop_looked_after_all_year',
        'pop_looked_after_at_month_ends',
        'pop_looked_after_key_stage_2',
        'pop_looked_after_key_stage_4',
        'pop_looked_after_pupils',
        'pop_missing_episodes',
        'pop_missing_from_care',
        'pop_missing_returns',
        'pop_private_fostering',
        'pop_private_fostering_monthly',
        'pop_protection_plans_ended',
        'pop_protection_plans_monthly',
        'pop_protection_plans_open',
        'pop_protection_plans_started',
        'pop_pupils_travelling',
        'pop_referral_flow',
        'pop_referrals',
        'pop_reoffending_cohort',
        'pop_secondary_enrolments',
        'pop_section_47_enquiries',
        'pop_special_needs_plans',
        'pop_young_carers',
        'pop_young_carers_monthly',
        'pop_young_offenders',
        'pop_young_people_16_to_18',
        'pop_youth_justice_outcomes',
    ]) }}
{%- endmacro %}


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


{% macro population_columns(population) -%}
    {#-
        The columns of a population by what they are for: `flags` (true or false), `measures`
        (numbers) and `breakdowns`. Read from the model's contract, so that a column has one home.
        Empty while dbt parses, when it does not know the models yet.
    -#}
    {%- set found = {'flags': [], 'measures': [], 'breakdowns': []} -%}
    {%- if execute -%}
        {%- set columns = graph.nodes['model.pier.' ~ population].columns.values() -%}
        {%- for column in columns if not column.name.startswith('_') -%}
            {%- if column.name in breakdown_columns() -%}
                {%- do found.breakdowns.append(column.name) -%}
            {%- elif column.data_type == 'boolean' -%}
                {%- do found.flags.append(column.name) -%}
            {%- elif column.data_type in ('integer', 'bigint', 'double') -%}
                {%- do found.measures.append(column.name) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
