{#-
    A table replaced in one statement. The adapter's own way builds under another name, asks the
    catalogue about indexes and foreign keys, renames twice and drops: with some hundred models
    that took longer than most of their queries. DuckDB replaces a table within the transaction, so
    that a query that fails leaves the table of last night. A Python model is created, never
    replaced, by the adapter: the table before it is dropped in the same transaction.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set is_python = model['language'] == 'python' -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if existing_relation is not none and (is_python or not existing_relation.is_table) %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% if is_python %}
        {% call statement('main', language='python') -%}
            {{- create_table_as(False, target_relation, compiled_code, 'python') }}
        {%- endcall %}
    {% else %}
        {%- set is_contract = config.get('contract').enforced -%}
        {%- set query = get_select_subquery(compiled_code) if is_contract else compiled_code -%}
        {% call statement('main') -%}
            {% if is_contract %}
                {{ get_assert_columns_equivalent(compiled_code) }}
            {% endif %}
            create or replace table {{ target_relation }} as (
                {{ query }}
            )
        {%- endcall %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
