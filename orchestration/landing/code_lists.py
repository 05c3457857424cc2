"""Where the codes of a contract's code set are: a seed in ``seeds/reference``, or a list of one.

Lists that figures are grouped by are seeds of their own. Those that are only checked and explained
stand together, one seed for each collection. Not here: which column takes which codes
(``contracts``).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.settings import PROJECT_ROOT

SEEDS_DIR = PROJECT_ROOT / "seeds" / "reference"


@dataclass(frozen=True)
class CodeList:
    """The codes of one code set.

    Attributes:
        seed: The seed they stand in; its table has the same name.
        name: The list's name in ``code_list``, where the seed holds several.
    """

    seed: str
    name: str | None = None

    def rows(self) -> list[dict[str, str]]:
        """Read code, label and the days the code may be used, as text; no limit is empty."""
        path = SEEDS_DIR / f"{self.seed}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if row.get("code_list") == self.name]


def _ssda903(name: str) -> CodeList:
    return CodeList("ref_ssda903_codes", name)


def _cin_census(name: str) -> CodeList:
    return CodeList("ref_cin_census_codes", name)


def _school_census(name: str) -> CodeList:
    return CodeList("ref_school_census_codes", name)


CODE_LISTS: Mapping[str, CodeList] = {
    "ACCOM": _ssda903("care_leaver_accommodation"),
    "ACTIV": CodeList("ref_care_leaver_activity"),
    "ASSESSMENT_FACTORS": _cin_census("assessment_factor"),
    "ATTENDANCE_REASON": _school_census("attendance_reason"),
    "AUDIT_GRADE": CodeList("ref_audit_grade"),
    "CATEGORY_OF_ABUSE": _cin_census("abuse_category"),
    "CIN_903": CodeList("ref_category_of_need"),
    "CONTACT_OUTCOME": CodeList("ref_contact_outcome"),
    "DISABILITY": _cin_census("disability"),
    "ETHNIC": CodeList("ref_ethnicity"),
    "EXCLUSION_CATEGORY": _school_census("exclusion_category"),
    "EXCLUSION_REASON": _school_census("exclusion_reason"),
    "FOSTER_CARE": _ssda903("foster_carer_adoption"),
    "GENDER_CIN": _cin_census("sex"),
    "IN_TOUCH": _ssda903("care_leaver_contact"),
    "LS": CodeList("ref_legal_status"),
    "LS_ADOPTR": _ssda903("adopters_relationship"),
    "MISSING": _ssda903("missing_type"),
    "MOTHER": _ssda903("yes_no_flag"),
    "NCCIS_ACTIVITY": CodeList("ref_nccis_activity"),
    "OC2_FLAG": _ssda903("yes_no_flag"),
    "PLACE": CodeList("ref_placement_type"),
    "PLACE_PROVIDER": _ssda903("placement_provider"),
    "PP_OUTCOME": _cin_census("pre_proceedings_outcome"),
    "PREV_PERM": _ssda903("previous_permanence"),
    "PRIMARY_NEED_CIN": _cin_census("primary_need"),
    "REASON_FOR_CLOSURE": _cin_census("closure_reason"),
    "REASON_PLACED_CEASED": _ssda903("adoption_reversal_reason"),
    "REASON_PLACE_CHANGE": _ssda903("placement_change_reason"),
    "REC": CodeList("ref_episode_end_reason"),
    "REFERRAL_NFA": _ssda903("yes_no_flag"),
    "REFERRAL_SOURCE": _cin_census("referral_source"),
    "REVIEW_CODE": _ssda903("review_participation"),
    "RNE": _ssda903("episode_start_reason"),
    "SDQ_REASON": _ssda903("sdq_reason"),
    "SEN2_PLAN_STATUS": CodeList("ref_sen2_plan_status"),
    "SEN_PROVISION": _school_census("sen_provision"),
    "SEN_TYPE": _school_census("sen_type"),
    "SEX_903": _ssda903("sex"),
    "SEX_ADOPTR": _ssda903("adopters_sex"),
    "SEX_CIN": _cin_census("sex"),
    "SW_REASON": _ssda903("social_worker_change_reason"),
    "UPN_UNKNOWN_CIN": _cin_census("unknown_pupil_number_reason"),
    "YJ_OUTCOME_TIER": CodeList("ref_youth_justice_outcome_tier"),
}
"""The codes of each code set; one that is not here has no list of codes."""
