{% macro parse_part_date(column) -%}
    {#-
        A date of which day and month may be unknown (zz/03/2011, zz/zz/2011), as the first day it
        can be; null of anything else.
    -#}
    {{ parse_date(
        "replace(replace(lower(trim(" ~ column ~ ")), 'zz/zz/', '01/01/'), 'zz/', '01/')"
    ) }}
{%- endmacro %}
