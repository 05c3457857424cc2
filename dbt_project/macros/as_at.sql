{% macro as_at() -%}
    {#-
        The day in-year figures are worked out for, as a date: what orchestration says in the
        environment, or a var of this name in a unit test. Another var makes dbt read the whole
        project anew each night; another environment variable only the models that ask for it.
    -#}
    cast('{{ var("as_at", env_var("DBT_PIER_AS_AT")) }}' as date)
{%- endmacro %}
