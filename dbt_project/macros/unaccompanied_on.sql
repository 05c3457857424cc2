{% macro unaccompanied_on(day) -%}
    {#-
        Whether a child is an unaccompanied asylum seeker on a day: Yes, No, or Unknown where the
        year's return lacks the table that says so. Needs `returns`, `children` and
        `unaccompanied_children` joined.
    -#}
    case
        when unaccompanied_children.child_id is not null
            then case
                when
                    coalesce(unaccompanied_children.unaccompanied_end_date > {{ day }}, true)
                    then 'Yes'
                else 'No'
            end
        when children.unaccompanied_code = '1' then 'Yes'
        when returns.has_uasc_table or children.unaccompanied_code = '0' then 'No'
        else 'Unknown'
    end
{%- endmacro %}
