{#-
    A table replaced in one statement. The adapter's own way builds under another name, asks the
    catalogue about indexes and foreign keys, renames twice and drops: with some hundred models
    that took longer than most of their queries. DuckDB replaces a table within the transaction, so
    that a query that fails leaves the table of last night.
-#}
{% materialization table, adapter='duckdb' %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if existing_relation is not none and not existing_relation.is_table %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {%- set query = compiled_code -%}
    {% if config.get('contract').enforced %}
        {%- set query = get_select_subquery(compiled_code) -%}
    {% endif %}
    {% call statement('main') -%}
        {% if config.get('contract').enforced %}
            {{ get_assert_columns_equivalent(compiled_code) }}
        {% endif %}
        create or replace table {{ target_relation }} as (
            {{ query }}
        )
    {%- endcall %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
