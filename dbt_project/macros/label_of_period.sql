{% macro label_of_period(period_type, year_label) -%}
    {#-
        The label of the period of a kind that the return of a year is for: the year's own, but for
        a calendar year, which is the one the year of the label begins in.
        Args: period_type: of the indicator. year_label: of the return, as `2008/09`.
    -#}
    case
        when {{ period_type }} = 'calendar_year' then substr({{ year_label }}, 1, 4)
        else {{ year_label }}
    end
{%- endmacro %}
