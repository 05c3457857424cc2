{% macro unaccompanied_on(day) -%}
    {#-
        Whether a child is an unaccompanied asylum seeker on a day: Yes, No, or Unknown where the
        year's return lacks the table that says so. Needs `descriptions` joined.
    -#}
    case
        when descriptions.unaccompanied_until > {{ day }} then 'Yes'
        when descriptions.unaccompanied_until is not null then 'No'
        else 'Unknown'
    end
{%- endmacro %}
