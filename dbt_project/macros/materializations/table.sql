{#-
    A table replaced in one statement, which DuckDB does whole or not at all. The adapter's own way
    builds under another name, asks the catalogue about indexes and foreign keys, renames twice,
    drops, and begins and commits around it: with some hundred models that took longer than most of
    their queries. A query that fails leaves the table of last night. A Python model is created,
    never replaced, by the adapter: the table before it is dropped first. No hooks, and no comments
    in the catalogue: no model has any.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set is_python = model['language'] == 'python' -%}

    {% if existing_relation is not none and (is_python or not existing_relation.is_table) %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% if is_python %}
        {% call statement('main', language='python') -%}
            {{- create_table_as(False, target_relation, compiled_code, 'python') }}
        {%- endcall %}
    {% else %}
        {% call statement('main', auto_begin=False) -%}
            create or replace table {{ target_relation }} as (
                {{ compiled_code }}
            )
        {%- endcall %}
    {% endif %}
    {% if config.get('contract').enforced %}
        {% do assert_contract(target_relation) %}
    {% endif %}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
