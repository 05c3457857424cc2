{% macro measured_set(measure, denominator_flag, measure_column) -%}
    {#-
        The name of the children whose measure is known, which a mean is of: a score that only some
        of a year group have says more of each of them than the year group's size tells.
    -#}
    case
        when {{ measure }} in ('mean', 'median', 'lowest_fifth_gap')
            then concat({{ denominator_flag }}, ' with ', {{ measure_column }})
    end
{%- endmacro %}
