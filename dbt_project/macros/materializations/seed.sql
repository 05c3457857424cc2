{#-
    A seed read by DuckDB itself, in one statement: dbt's own way reads every file in Python first,
    to guess the types each seed states in `column_types`, every column of it. Columns are taken by
    name; a test holds the names of the file and of `column_types` against each other.
-#}
{% materialization seed, adapter='duckdb' %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}

    {% if existing_relation is not none and not existing_relation.is_table %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% call statement('main', auto_begin=False) -%}
        create or replace table {{ target_relation }} as (
            select
                {%- for name, type in config.get('column_types').items() %}
                cast({{ adapter.quote(name) }} as {{ type }}) as {{ adapter.quote(name) }}
                {{- ',' if not loop.last }}
                {%- endfor %}
            from read_csv(
                '{{ adapter.get_seed_file_path(model) | replace("'", "''") }}',
                header = true,
                delim = ',',
                quote = '"',
                escape = '"',
                all_varchar = true
            )
        )
    {%- endcall %}
    {% do store_result('agate_table', response='OK') %}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
