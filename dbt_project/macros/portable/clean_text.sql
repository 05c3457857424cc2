{% macro clean_text(column) -%}
    {#- A cell without its outer blanks; null where it is empty or spells out "no value". -#}
    case
        when upper(trim({{ column }})) in ('', 'NULL', 'NAN', 'N/A') then null
        else trim({{ column }})
    end
{%- endmacro %}
