{% macro reading(name) -%}
    {#-
        The reading of a definition that is open: guidance that could not be read, or that sources
        read in two ways. Each is a dbt var; its default, and why, is here and nowhere else.
        `pier dbt build --vars '{same_carer_is_same_placement: false}'` shows what one is worth.
    -#}
    {%- set defaults = {
        'same_carer_is_same_placement': {
            'default': true,
            'why': 'RNE T and U, and adoption by the current foster carer, are no new placement
                (LG Inform 850; edge cases 55, 57, 58).',
        },
        'temporary_stay_limit_nights': {
            'default': 7,
            'why': 'A T4 stay longer than this is a placement of its own (SSDA903 rule 379; edge
                case 54).',
        },
        'open_temporary_stay_is_placement': {
            'default': false,
            'why': 'A hospital stay or holiday still going on at 31 March has not ended otherwise
                than by going back.',
        },
        'first_temporary_stay_is_placement': {
            'default': false,
            'why': 'A year that opens during a temporary stay (not one that started care) does not
                say where the child had been: taken as the placement the child goes to next.',
        },
        'missing_is_placement': {
            'default': false,
            'why': 'Placement codes M1 to M3 (to 2014/15) are absences (edge case 63); the council
                counted them before its 2017 report.',
        },
        'placement_ended_on_first_day_counts': {
            'default': false,
            'why': 'A placement that ended on 1 April had its last night in the year before (edge
                case 67); some count it.',
        },
    } -%}
    {%- if name not in defaults -%}
        {{ exceptions.raise_compiler_error(
            name ~ ' is not a reading. Known readings: ' ~ defaults.keys() | join(', ') ~ '.'
        ) }}
    {%- endif -%}
    {{ return(var(name, defaults[name]['default'])) }}
{%- endmacro %}
