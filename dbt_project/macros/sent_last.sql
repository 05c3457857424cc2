{% macro sent_last(key, within=['la_code', 'period_label'], newest_first=[]) -%}
    {#-
        For `qualify`: whether a row is of the delivery that said a key's last word. A return sent
        in parts repeats what is still open in each of them, so one key has a row in many files.
        Rows of one delivery are all kept, also when their key is the same, and so are rows
        without a key: that is a fault for validation to show, not for staging to hide.
        Args: key: columns that name the thing. within: columns that name the whole. newest_first:
        columns that order the parts; then the order of arrival decides. Needs received_at.
    -#}
    {% for column in key -%}
    {{ column }} is null or {% endfor -%}
    rank() over (
        partition by {{ (within + key) | join(', ') }}
        order by
            {% for column in newest_first -%}
            {{ column }} desc nulls last,
            {% endfor -%}
            received_at desc,
            _delivery_id desc
    ) = 1
{%- endmacro %}
