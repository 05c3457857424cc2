"""Results of pupils: the early years profile, key stage 2 and key stage 4, a file each a year."""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from demo.attainment import GOALS_FROM, SCALED_FROM, EarlyYears, KeyStage2, KeyStage4
from demo.calendar import ReportingYear
from demo.calibration import Quotas
from demo.lives import Borough
from demo.pupils import Pupils
from demo.returns import File
from demo.returns.bulk import csv_bytes, decimals, flags, texts
from demo.returns.school_census import PRIMARY_NUMBER, SECONDARY_NUMBER

SCALES = (
    "psed_dispositions", "psed_social", "psed_emotional", "cll_language", "cll_sounds",
    "cll_reading", "cll_writing", "maths_numbers", "maths_calculating", "maths_shape",
    "knowledge_understanding", "physical", "creative",
)  # fmt: skip
"""The scales of the profile until 2012, those of personal and of language development first."""

GOALS = (
    "goal_listening", "goal_understanding", "goal_speaking", "goal_moving", "goal_health",
    "goal_confidence", "goal_behaviour", "goal_relationships", "goal_reading", "goal_writing",
    "goal_numbers", "goal_shape", "goal_people", "goal_world", "goal_technology", "goal_media",
    "goal_imagination",
)  # fmt: skip
"""The goals of the profile from 2013; a good level of development rests on the first twelve."""

_BEFORE = np.array(["", "W", "1", "2B", "3"], dtype="S2")
"""Levels at key stage 1, from -1 (none) on; the middle of level 2 stands for all of it."""
_LEVEL = np.array(["A", "1", "2", "3", "4", "5"], dtype="S1")


def files(borough: Borough, years: Iterable[int], quotas: Quotas) -> Iterator[File]:
    """Every file of the returns: path below the landing zone, and bytes."""
    schooling = borough.schooling
    if schooling is None:
        return
    pupils, results = schooling.pupils, schooling.attainment
    for year_end in years:
        place = f"{borough.la_code}/{ReportingYear(year_end).folder}"
        profile = _early_years(pupils, results.early_years[year_end], year_end)
        yield f"eyfsp/{place}/eyfsp.csv", profile
        primary = _key_stage_2(pupils, results.key_stage_2[year_end], year_end)
        yield f"ks2_results/{place}/ks2_results.csv", primary
        secondary = _key_stage_4(pupils, results.key_stage_4[year_end], year_end)
        yield f"ks4_results/{place}/ks4_results.csv", secondary


def _by_pupil_number(columns: dict[str, pa.Array]) -> bytes:
    """A file whose rows come by pupil number, which says nothing of a pupil."""
    order = np.argsort(columns["upn"].to_numpy(zero_copy_only=False).astype("S13"), kind="stable")
    return csv_bytes({name: column.take(pa.array(order)) for name, column in columns.items()})


def _year(number: int, year_end: int) -> pa.Array:
    return texts(np.full(number, year_end))


def _early_years(pupils: Pupils, profile: EarlyYears, year_end: int) -> bytes:
    names = SCALES if year_end < GOALS_FROM else GOALS
    columns = {
        "upn": texts(pupils.upn[profile.places]),
        "year": _year(len(profile.places), year_end),
        **{name: texts(profile.scores[:, number]) for number, name in enumerate(names)},
        "total": texts(profile.scores.sum(axis=1)),
        "gld": flags(profile.good),
    }
    return _by_pupil_number(columns)


def _key_stage_2(pupils: Pupils, results: KeyStage2, year_end: int) -> bytes:
    """A row for each pupil and subject, a pupil's rows together."""
    places, names = results.places, list(results.subjects)
    repeated = np.repeat(places, len(names))
    columns = {
        "upn": texts(pupils.upn[repeated]),
        "year": _year(len(repeated), year_end),
        "subject": texts(np.array(names * len(places), dtype="S8")),
    }

    def stacked(attribute: str) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
        return np.column_stack(
            [getattr(results.subjects[name], attribute) for name in names]
        ).ravel()

    if year_end < SCALED_FROM:
        level = stacked("level").astype(np.int64)
        columns["level"] = texts(_LEVEL[level])
        columns["absent_flag"] = flags(level == 0)
        columns["ks1_level"] = texts(_BEFORE[stacked("before").astype(np.int64) + 1])
    else:
        columns["absent_flag"] = flags(np.zeros(len(repeated), dtype=bool))
        columns["expected_standard"] = flags(stacked("expected").astype(bool))
        columns["scaled_score"] = texts(stacked("scaled"))
        columns["progress"] = decimals(stacked("progress").astype(np.int64), 1)
    columns["estab"] = texts(PRIMARY_NUMBER + pupils.primary[repeated].astype(np.int64))
    return _by_pupil_number(columns)


def _key_stage_4(pupils: Pupils, results: KeyStage4, year_end: int) -> bytes:
    places = results.places
    columns = {
        "upn": texts(pupils.upn[places]),
        "year": _year(len(places), year_end),
        "five_ac_em": flags(results.five_ac_em),
        "ac_em": flags(results.ac_em),
        "any_qual": flags(results.any_qualification),
        "five_ac": flags(results.five_ac),
        "five_ag": flags(results.five_ag),
        "one_ag": flags(results.one_ag),
        "two_ac_science": flags(results.science),
        "estab": texts(SECONDARY_NUMBER + pupils.secondary[places].astype(np.int64)),
    }
    if year_end >= SCALED_FROM:
        columns["att8"] = decimals(results.attainment_8, 2)
        columns["p8"] = decimals(results.progress_8, 2)
    return _by_pupil_number(columns)
