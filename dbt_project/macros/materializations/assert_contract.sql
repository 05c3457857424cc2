{% macro assert_contract(relation) -%}
    {#-
        Raise dbt's error of a broken contract where a table just made has other columns than its
        model's. dbt itself asks the query, before it runs: planning it twice took a tenth of all
        building.
    -#}
    {%- set query = 'select * from ' ~ relation ~ ' where false' -%}
    {%- set made = [] -%}
    {%- for column in adapter.get_column_schema_from_query(query) -%}
        {%- do made.append([column.name, column.dtype | lower]) -%}
    {%- endfor -%}
    {%- set agreed = [] -%}
    {%- for column in model.columns.values() -%}
        {%- do agreed.append([column.name, column.data_type | lower]) -%}
    {%- endfor -%}
    {%- if made != agreed -%}
        {%- do get_assert_columns_equivalent(query) -%}
    {%- endif -%}
{%- endmacro %}
