{% macro clean_text(column) -%}
    {#- A cell without its outer blanks; null where it is empty or spells out "no value". -#}
    case
        when {{ says_no_value('upper(trim(' ~ column ~ '))') }} then null
        else trim({{ column }})
    end
{%- endmacro %}
