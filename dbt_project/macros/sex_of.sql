{% macro sex_of(code) -%}
    {#- Female, Male or Unknown, from a cleaned code of any return and year, or the word itself. -#}
    case
        when {{ code }} in ('2', 'F', 'FEMALE') then 'Female'
        when {{ code }} in ('1', 'M', 'MALE') then 'Male'
        else 'Unknown'
    end
{%- endmacro %}
