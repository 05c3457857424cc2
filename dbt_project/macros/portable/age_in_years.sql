{% macro age_in_years(birth_date, on_date) -%}
    {#-
        Completed years of age on a day. A child born on 29 February has the birthday on 1 March
        in a year without one (edge case 133), which comparing month and day gives of itself.
    -#}
    extract(year from {{ on_date }}) - extract(year from {{ birth_date }})
    - case
        when
            extract(month from {{ on_date }}) * 100 + extract(day from {{ on_date }})
            < extract(month from {{ birth_date }}) * 100 + extract(day from {{ birth_date }})
            then 1
        else 0
    end
{%- endmacro %}
