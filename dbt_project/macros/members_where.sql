{% macro members_where(condition) -%}
    {#- How many members satisfy a condition; a row stands for `member_count` of them. -#}
    cast(coalesce(sum(member_count) filter (where {{ condition }}), 0) as bigint)
{%- endmacro %}
