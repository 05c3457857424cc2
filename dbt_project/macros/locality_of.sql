{% macro locality_of(home_postcode) -%}
    {#-
        The locality of a home: Elsewhere outside all of them, Unknown without a postcode. Needs
        `localities` (ref_localities) left-joined by `is_in_locality`.
    -#}
    case
        when {{ home_postcode }} is null then 'Unknown'
        else coalesce(localities.locality, 'Elsewhere')
    end
{%- endmacro %}
