{% macro parse_term(column) -%}
    {#- The school term a text names, as autumn, or 2017_spring_senneeds; else null. -#}
    case
        when lower({{ column }}) like '%autumn%' then 'autumn'
        when lower({{ column }}) like '%spring%' then 'spring'
        when lower({{ column }}) like '%summer%' then 'summer'
    end
{%- endmacro %}
