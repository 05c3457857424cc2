{% macro is_in_locality(la_code, home_postcode) -%}
    {#- Whether a home is in the district of a row of `localities`: its postcode but three. -#}
    {{ la_code }} = localities.la_code
            and substr({{ home_postcode }}, 1, length({{ home_postcode }}) - 3)
            = localities.postcode_district
{%- endmacro %}
