{% macro duration_in_months(text) -%}
    {#- Months of a duration published as years:months (`01:07`, in older releases `1:7`); null for
        anything else. -#}
    case
        when {{ matches_regex(text, '^[0-9]+:([0-9]|0[0-9]|1[01])$') }}
            then cast(
                12 * cast(split_part({{ text }}, ':', 1) as integer)
                + cast(split_part({{ text }}, ':', 2) as integer) as double
            )
    end
{%- endmacro %}
