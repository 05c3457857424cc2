{% macro reading(name) -%}
    {#-
        The reading of a definition that is open: guidance that could not be read, or that sources
        read in two ways. Each is a dbt var; its default, and why, is here and nowhere else.
        `pier dbt build --vars '{same_carer_is_same_placement: false}'` shows what one is worth.
    -#}
    {%- set defaults = {
        'target_near_percent': {
            'default': 5,
            'why': 'A figure that misses its target by no more than this share of it is near; the
                council printed no rule for its amber.',
        },
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
        'start_day_is_day_one': {
            'default': false,
            'why': 'The Department publishes assessments finished the same day apart from those of
                1 to 10 working days: the start is day 0 (edge case 137).',
        },
        'initial_assessment_clock_is_referral': {
            'default': true,
            'why': 'The first initial assessment of a referral is timed from the referral, a later
                one from its own start, the news that prompted it (LG Inform 2234; edge case 9).',
        },
        'initial_assessment_limit_days': {
            'default': 7,
            'why': 'Working days allowed for an initial assessment finished by 31 March 2010.',
        },
        'initial_assessment_limit_days_from_april_2010': {
            'default': 10,
            'why': 'Working days allowed from then on, by the day it is finished (edge case 8); the
                title of NI 59 kept the 7.',
        },
        'exactly_12_months_is_re_referral': {
            'default': true,
            'why': 'A referral on the same day of the next year is within 12 months (edge case 18).',
        },
        'protection_review_limits_in_months': {
            'default': false,
            'why': 'Reviews are due after 91 and 183 days, as the 91 days of the published base;
                the guidance says 3 and 6 months (NI 67; edge cases 42 to 46).',
        },
        'audits_without_grade_count': {
            'default': true,
            'why': 'Audits graded Not Applicable stay in the whole: the 2017 report divides by 313
                audits, 6 of them without a grade.',
        },
        'ni61_limit': {
            'default': 'by_year',
            'why': 'To 2016/17 placed within calendar_12_months of the decision, the indicator\'s own
                words; then less_than_365_days, the Department\'s (edge cases 77 to 79). Either name
                sets one rule for all years.',
        },
        'ni61_disrupted': {
            'default': 'left_out',
            'why': 'A child whose earlier adoptive placement was disrupted is left_out of NI 61, by
                the indicator\'s text; not_within keeps all adopted children in the base, as the
                Department\'s table does (edge case 80).',
        },
        'ni63_method': {
            'default': 'by_year',
            'why': 'From the publication of 2021 care that began as short breaks is out, and a carer
                who becomes a fosterer for adoption a change of placement (edge case 57). pre_2021
                or 2021_on sets one method for all years.',
        },
        'ni58_age_rule': {
            'default': 'published',
            'why': 'The published base is children of 5 to 16 on 31 March, revised back to 2010/11,
                and 4 to 16 before; collection takes 4 to 16, who are all scored, in every year
                (edge case 104).',
        },
        'review_month_rule': {
            'default': 'calendar',
            'why': 'Reviews are due after 3 and 6 calendar months, as the regulations say; days takes
                91 and 183 days, as councils do (edge cases 98, 102).',
        },
        'adoption_restarts_reviews': {
            'default': true,
            'why': 'An order to place for adoption and moving in with adopters each start the cycle
                of reviews anew (SI 2005/389 regulation 36).',
        },
        'e13_is_returning_home': {
            'default': false,
            'why': 'E13 is leaving care to live with somebody without parental responsibility: no
                return home, though some count it in JC-RETHOME.',
        },
    } -%}
    {%- if name not in defaults -%}
        {{ exceptions.raise_compiler_error(
            name ~ ' is not a reading. Known readings: ' ~ defaults.keys() | join(', ') ~ '.'
        ) }}
    {%- endif -%}
    {{ return(var(name, defaults[name]['default'])) }}
{%- endmacro %}
