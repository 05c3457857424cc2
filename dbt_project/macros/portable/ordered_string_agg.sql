{% macro ordered_string_agg(text, separator, order_by) -%}
    {#- The texts of a group as one, in a given order. -#}
    {{ return(adapter.dispatch('ordered_string_agg', 'pier')(text, separator, order_by)) }}
{%- endmacro %}

{% macro default__ordered_string_agg(text, separator, order_by) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}

{% macro spark__ordered_string_agg(text, separator, order_by) -%}
    listagg({{ text }}, '{{ separator }}') within group (order by {{ order_by }})
{%- endmacro %}
