{% test names_population_columns(model) %}
    {#-
        Every population, flag and measure column the catalogue names exists: a misspelt one would
        leave its indicator without a figure, in silence. Populations are those of the project, and
        their columns those of their contracts. Stops with a sentence that names the row.
    -#}
    {%- set population_columns = {} -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.name.startswith('pop_') -%}
            {%- do population_columns.update({node.name: node.columns.keys() | list}) -%}
        {%- endfor -%}
        {%- set named = run_query(
            "select indicator_id, population, measure, numerator, denominator, comparison, "
            ~ "measure_column from " ~ model ~ " where population is not null "
            ~ "union all select indicator_id, monthly_population, measure, numerator, denominator, "
            ~ "comparison, measure_column from " ~ model ~ " where monthly_population is not null "
            ~ "order by indicator_id"
        ) -%}
        {%- for row in named -%}
            {%- if row['population'] not in population_columns -%}
                {{ exceptions.raise_compiler_error(
                    "indicator_catalogue.csv: " ~ row['indicator_id'] ~ " names the population "
                    ~ row['population'] ~ ", which is no model. Populations: "
                    ~ population_columns.keys() | sort | join(', ') ~ "."
                ) }}
            {%- endif -%}
            {%- set names = [row['numerator'], row['comparison'], row['measure_column']] -%}
            {%- if row['measure'] not in ('rate', 'reduction', 'disproportionality') -%}
                {%- do names.append(row['denominator']) -%}
            {%- endif -%}
            {%- for name in names if name and name not in population_columns[row['population']] -%}
                {{ exceptions.raise_compiler_error(
                    "indicator_catalogue.csv: " ~ row['indicator_id'] ~ " names " ~ name
                    ~ ", which " ~ row['population'] ~ " does not have. Its columns: "
                    ~ population_columns[row['population']] | sort | join(', ') ~ "."
                ) }}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    -- A figure is made in one of two ways, and a row that says half of one makes none.
    select indicator_id
    from {{ model }}
    where
        (population is null) <> (measure is null)
        or (population is not null and numerator is null and measure_column is null)
        or (measure in (
            'percent', 'ratio', 'rate', 'reduction', 'distribution', 'disproportionality', 'gap'
        ) and denominator is null)
        or (
            measure in ('mean', 'median', 'lowest_fifth_gap')
            and (measure_column is null or denominator is null)
        )
        or (measure = 'gap') <> (comparison is not null)
        or (monthly_population is not null and (population is null or not is_monthly))
{% endtest %}
