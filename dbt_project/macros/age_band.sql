{% macro age_band(age_years) -%}
    {#- The age bands of looked-after children's statistics; an age below 0 is a fault, no band. -#}
    case
        when {{ age_years }} < 0 then 'Unknown'
        when {{ age_years }} < 1 then 'Under 1'
        when {{ age_years }} < 5 then '1-4'
        when {{ age_years }} < 10 then '5-9'
        when {{ age_years }} < 16 then '10-15'
        when {{ age_years }} >= 16 then '16 and over'
        else 'Unknown'
    end
{%- endmacro %}
