{% macro is_within_72_hours(returned_at, seen_at) -%}
    {#-
        Whether a moment is within 72 hours of another; null where one is missing. A midnight is
        a day without a time: then 3 days, whatever the hour.
    -#}
    case
        when
            {{ returned_at }} = cast({{ returned_at }} as date)
            or {{ seen_at }} = cast({{ seen_at }} as date)
            then {{ dbt.datediff(
                "cast(" ~ returned_at ~ " as date)", "cast(" ~ seen_at ~ " as date)", "day"
            ) }} <= 3
        else {{ dbt.datediff(returned_at, seen_at, "second") }} <= 72 * 60 * 60
    end
{%- endmacro %}
