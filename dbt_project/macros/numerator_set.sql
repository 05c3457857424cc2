{% macro numerator_set(measure, numerator_flag, denominator_flag) -%}
    {#- The name of the children a numerator counts: those of the denominator with the flag. -#}
    case
        when {{ measure }} = 'percent' and {{ numerator_flag }} <> {{ denominator_flag }}
            then concat({{ denominator_flag }}, ' and ', {{ numerator_flag }})
        when {{ measure }} = 'mean' then concat({{ denominator_flag }}, ' summed')
        when {{ measure }} = 'children' then concat('children of ', {{ numerator_flag }})
        else {{ numerator_flag }}
    end
{%- endmacro %}
