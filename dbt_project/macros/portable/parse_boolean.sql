{% macro parse_boolean(column) -%}
    {#- Whether a cell says yes: 1, true, t, yes or y, and 0, false, f, no or n; else null. -#}
    case
        when lower(trim({{ column }})) in ('1', 'true', 't', 'yes', 'y') then true
        when lower(trim({{ column }})) in ('0', 'false', 'f', 'no', 'n') then false
    end
{%- endmacro %}
