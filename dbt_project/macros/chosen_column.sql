{% macro chosen_column(name, columns, data_type) -%}
    {#- The value of the member's column that `name` names; null for a name that is none of them. -#}
    {%- if columns -%}
    case {{ name }}
        {%- for column in columns %}
        when '{{ column }}' then cast(members.{{ column }} as {{ data_type }})
        {%- endfor %}
        end
    {%- else -%}
    cast(null as {{ data_type }})
    {%- endif -%}
{%- endmacro %}
