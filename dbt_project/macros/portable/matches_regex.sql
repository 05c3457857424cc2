{% macro matches_regex(text, pattern) -%}
    {#- Whether a part of the text fits the pattern. Write [0-9], not a backslash class: the engines
        unescape string literals differently. -#}
    {{ return(adapter.dispatch('matches_regex', 'pier')(text, pattern)) }}
{%- endmacro %}

{% macro default__matches_regex(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__matches_regex(text, pattern) -%}
    {{ text }} rlike '{{ pattern }}'
{%- endmacro %}
