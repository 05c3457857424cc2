{#- A view replaced in one statement, for the reasons a table is. -#}
{% materialization view, adapter='duckdb' %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}

    {% if existing_relation is not none and not existing_relation.is_view %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% call statement('main', auto_begin=False) -%}
        create or replace view {{ target_relation }} as (
            {{ compiled_code }}
        )
    {%- endcall %}
    {% if config.get('contract').enforced %}
        {% do assert_contract(target_relation) %}
    {% endif %}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
