{% macro rolling_populations() -%}
    {#-
        The populations that are counted in three years on end as well as in each year: their
        members say which in a column `period_type`. Without breakdowns, of which sums of years that
        overlap would give small numbers away.
    -#}
    {{ return([
        'pop_adoption_decisions',
        'pop_adoption_journeys',
        'pop_care_movements',
        'pop_placement_orders',
    ]) }}
{%- endmacro %}
