{% macro is_persistently_absent(period_start, absent, possible, has_summer_term) -%}
    {#-
        Whether half-days missed in a school year make a persistent absentee by the limit of the
        time: to 2009/10 a number of half-days, 64 to the half-term of May or 52 of two terms; then
        15 and, from 2015/16, 10 in every hundred that were possible (NI 87, edge case 113).
    -#}
    case
        when {{ period_start }} >= cast('2015-09-01' as date)
            then {{ absent }} * 100 >= {{ possible }} * 10
        when {{ period_start }} >= cast('2010-09-01' as date)
            then {{ absent }} * 100 >= {{ possible }} * 15
        when '{{ reading("absence_limit_to_2010") }}' = 'percent'
            then {{ absent }} * 100 >= {{ possible }} * 20
        when {{ has_summer_term }} then {{ absent }} >= 64
        else {{ absent }} >= 52
    end
{%- endmacro %}
