{% macro population_columns(population) -%}
    {#-
        The columns of a population by what they are for: `flags` (true or false), `measures`
        (numbers) and `breakdowns`. Read from the model's contract, so that a column has one home.
        Empty while dbt parses, when it does not know the models yet.
    -#}
    {%- set found = {'flags': [], 'measures': [], 'breakdowns': []} -%}
    {%- if execute -%}
        {%- set columns = graph.nodes['model.pier.' ~ population].columns.values() -%}
        {%- for column in columns if not column.name.startswith('_') -%}
            {%- if column.name in breakdown_columns() -%}
                {%- do found.breakdowns.append(column.name) -%}
            {%- elif column.data_type == 'boolean' -%}
                {%- do found.flags.append(column.name) -%}
            {%- elif column.data_type in ('integer', 'bigint', 'double') -%}
                {%- do found.measures.append(column.name) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
