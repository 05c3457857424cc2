{% macro as_known_at() -%}
    {#- The moment (UTC) up to which deliveries count, as a timestamp; said as `as_at` is. -#}
    cast('{{ var("as_known_at", env_var("DBT_PIER_AS_KNOWN_AT")) }}' as timestamp)
{%- endmacro %}
