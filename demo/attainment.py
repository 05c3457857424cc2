"""What pupils reach at the end of reception, of key stage 2 and of key stage 4.

Where a document prints a share of all pupils, of those with free meals or special educational
needs, of an ethnic group or of looked-after children, so many reach it; who does is drawn by
chance and by how able a pupil is. Pupils of special schools do not sit the tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from demo.calibration import CalibrationError, Quotas
from demo.margins import (
    Flags,
    Floats,
    Ints,
    count_with_share,
    counts_with_gap,
    counts_with_share,
    fill_cells,
    nearest_size,
)
from demo.pupils import (
    ETHNICITIES,
    PRIMARY_SCHOOLS,
    SECONDARY_SCHOOLS,
    SEN_STAGES,
    SUMMERS,
    Pupils,
)
from demo.school_years import KEY_STAGES

Places = NDArray[np.intp]

SCALED_FROM = 2016
"""The first summer of scaled scores at key stage 2, and of Attainment 8."""
GOALS_FROM = 2013
"""The first summer of early learning goals in place of scales."""
SCALES, GOALS = 13, 17
PERSONAL_AND_LANGUAGE = 7
"""How many of the scales, the first ones, are of personal and of language development."""

_GROUPS = ("White", "Mixed", "Asian", "Black", "Chinese", "Other")
_OF_LETTER = {"W": "White", "M": "Mixed", "A": "Asian", "B": "Black", "C": "Chinese"}
_GROUP_OF_CODE = np.array([_GROUPS.index(_OF_LETTER.get(code[0], "Other")) for code in ETHNICITIES])
_CODES_OF_GROUP = {
    group: np.array(
        [place for place in range(len(ETHNICITIES)) if _GROUP_OF_CODE[place] == number],
        dtype=np.int8,
    )
    for number, group in enumerate(_GROUPS)
}
_WHITE_BRITISH = ETHNICITIES.index("WBRI")
_CELLS = len(_GROUPS) * 4
_REACH = 120
_ABSENT = 6
_HIGH_LEVEL = 5
_OLD_SUBJECTS = ("english", "maths", "science")
_MIDDLE_SUBJECTS = ("reading", "writing", "maths")
_NEW_SUBJECTS = ("reading", "writing", "maths", "gps")
_WEAK_SHARE = {"key_stage_2": 0.45, "key_stage_4": 0.22}


@dataclass(frozen=True)
class EarlyYears:
    """Profiles at the end of reception.

    ``scores`` has a row a child: thirteen scales of 0 to 9, or seventeen goals of 1 to 3.
    """

    places: Places
    scores: Ints
    good: Flags


@dataclass(frozen=True)
class Subject:
    """Results in one subject at key stage 2; arrays that a year does not have are empty.

    ``level`` 0 is absent; ``before`` is the level at key stage 1, 0 for working towards it and -1
    for none. ``scaled`` is the scaled score, ``progress`` the progress score in tenths.
    """

    level: Ints
    before: Ints
    expected: Flags
    scaled: Ints
    progress: Ints


@dataclass(frozen=True)
class KeyStage2:
    """Results at the end of primary school, subject by subject."""

    places: Places
    subjects: Mapping[str, Subject]


@dataclass(frozen=True)
class KeyStage4:
    """Results at the end of compulsory school; scores (in hundredths) are empty before 2016."""

    places: Places
    one_ag: Flags
    five_ag: Flags
    five_ac: Flags
    five_ac_em: Flags
    ac_em: Flags
    science: Flags
    any_qualification: Flags
    attainment_8: Ints
    progress_8: Ints


@dataclass(frozen=True)
class Attainment:
    """All results, by summer."""

    early_years: Mapping[int, EarlyYears]
    key_stage_2: Mapping[int, KeyStage2]
    key_stage_4: Mapping[int, KeyStage4]


@dataclass(frozen=True)
class _Plan:
    """Who ends a key stage in a summer, and how many of each group are to reach its threshold."""

    places: Places
    groups: Flags
    totals: Ints
    is_calibrated: bool


def simulate_attainment(rng: np.random.Generator, pupils: Pupils, quotas: Quotas) -> Attainment:
    """Draw all results, and deal pupils out to schools so that as few are weak as printed.

    Ethnic groups, free meals and special needs of some pupils change first, where no number of a
    group gives the share printed.

    Raises:
        CalibrationError: if no results give all the shares.
    """
    plans = {
        (stage, summer): _plan(rng, pupils, stage, summer, quotas)
        for stage in KEY_STAGES
        for summer in SUMMERS
    }
    _count_stages_of_needs(rng, pupils, plans, quotas)
    able = rng.normal(size=len(pupils.number)) - 0.9 * pupils.has_needs() - 0.5 * pupils.free_meals
    able -= 0.6 * pupils.looked_after.any(axis=1)
    early = {summer: _early_years(rng, pupils, able, summer, quotas) for summer in SUMMERS}
    primary = {
        summer: _key_stage_2(rng, pupils, able, plans["key_stage_2", summer], summer, quotas)
        for summer in SUMMERS
    }
    secondary = {
        summer: _key_stage_4(rng, pupils, able, plans["key_stage_4", summer], summer, quotas)
        for summer in SUMMERS
    }
    return Attainment(early, primary, secondary)


def _find(quotas: Quotas, measure: str, summer: int, group: str = "total") -> int | None:
    return quotas.find(f"{measure}_in_tenths_of_percent", summer, group)


# What groups must add up to ----------------------------------------------------------------------


def _plan(
    rng: np.random.Generator, pupils: Pupils, stage: str, summer: int, quotas: Quotas
) -> _Plan:
    places = pupils.in_results(summer, KEY_STAGES[stage])
    measure = f"{stage}_threshold"
    share = _find(quotas, measure, summer)
    ethnic = _size_ethnic_groups(rng, pupils, places, measure, summer, quotas)
    total = _total_of_all(pupils, places, share, ethnic)
    rows: list[tuple[Flags, int]] = []
    if total is not None:
        rows.append((np.ones(len(places), dtype=bool), total))
    rows.extend(
        (_GROUP_OF_CODE[pupils.ethnicity[places]] == _GROUPS.index(group), count)
        for group, count in ethnic.items()
    )
    is_calibrated = bool(rows)
    for name, flags in (("free_meals", pupils.free_meals), ("needs", None)):
        sized, count = _size_group(rng, pupils, places, name, stage, summer, total, quotas)
        is_calibrated = is_calibrated or sized
        if count is not None:
            mask = pupils.has_needs()[places] if flags is None else flags[places]
            rows.append((mask, count))
    groups = np.array([row[0] for row in rows], dtype=bool).reshape(len(rows), len(places))
    totals = np.array([row[1] for row in rows], dtype=np.int64)
    return _Plan(places, groups, totals, is_calibrated)


def _size_ethnic_groups(
    rng: np.random.Generator,
    pupils: Pupils,
    places: Places,
    measure: str,
    summer: int,
    quotas: Quotas,
) -> dict[str, int]:
    """Make ethnic groups of a size their share can be taken of; how many of each reach it."""
    counts: dict[str, int] = {}
    for group in ("Mixed", "Asian", "Black", "Chinese"):
        share = _find(quotas, measure, summer, group)
        if share is None:
            continue
        natural = int((_GROUP_OF_CODE[pupils.ethnicity[places]] == _GROUPS.index(group)).sum())
        size = nearest_size(natural, _REACH, partial(_can_be, share))
        _resize_ethnic_group(rng, pupils, places, group, size)
        counts[group] = count_with_share(size, share)
    white = _find(quotas, measure, summer, "White")
    if white is not None:
        size = int((_GROUP_OF_CODE[pupils.ethnicity[places]] == _GROUPS.index("White")).sum())
        counts["White"] = count_with_share(size, white)
    return counts


def _can_be(share: int, size: int) -> bool:
    """Whether some number out of a size is a share."""
    return bool(counts_with_share(size, share))


def _resize_ethnic_group(
    rng: np.random.Generator, pupils: Pupils, places: Places, group: str, size: int
) -> None:
    invented = places[places >= pupils.known]
    here = _GROUP_OF_CODE[pupils.ethnicity[places]] == _GROUPS.index(group)
    change = size - int(here.sum())
    codes = _CODES_OF_GROUP[group]
    if change > 0:
        could = invented[pupils.ethnicity[invented] == _WHITE_BRITISH]
        pupils.ethnicity[rng.choice(could, change, replace=False)] = rng.choice(codes, change)
    elif change < 0:
        could = invented[np.isin(pupils.ethnicity[invented], codes)]
        if len(could) < -change:
            raise CalibrationError(f"too few pupils of {group} groups could be others")
        pupils.ethnicity[rng.choice(could, -change, replace=False)] = _WHITE_BRITISH


def _total_of_all(
    pupils: Pupils, places: Places, share: int | None, ethnic: Mapping[str, int]
) -> int | None:
    """How many of all reach it, so that pupils of other ethnic groups can make up the rest."""
    if share is None:
        return None
    totals = counts_with_share(len(places), share)
    if ethnic:
        others = int((_GROUP_OF_CODE[pupils.ethnicity[places]] == _GROUPS.index("Other")).sum())
        rest = sum(ethnic.values())
        totals = [total for total in totals if 0 <= total - rest <= others]
    if not totals:
        raise CalibrationError(f"the shares of ethnic groups do not add up to {share / 10} %")
    return totals[0]


def _size_group(
    rng: np.random.Generator,
    pupils: Pupils,
    places: Places,
    name: str,
    stage: str,
    summer: int,
    total: int | None,
    quotas: Quotas,
) -> tuple[bool, int | None]:
    """Make a group of a size all its shares can be taken of.

    Returns:
        Whether anything is printed of the group, and how many of it reach the threshold if that
        follows.
    """
    gap = _find(quotas, f"{stage}_threshold", summer, f"{name}_gap")
    shares = [
        share
        for subject in _OLD_SUBJECTS
        if (share := _find(quotas, f"{stage}_progress_{subject}", summer, name)) is not None
    ]
    if gap is None and not shares:
        return False, None

    def will_do(size: int) -> bool:
        fits = all(counts_with_share(size, share) for share in shares)
        if gap is None or total is None:
            return fits
        return fits and bool(counts_with_gap(total, len(places), size, gap))

    in_group = pupils.free_meals if name == "free_meals" else pupils.has_needs()
    size = nearest_size(int(in_group[places].sum()), _REACH, will_do)
    invented = places[places >= pupils.known]
    change = size - int(in_group[places].sum())
    could = rng.permutation(invented[in_group[invented] == (change < 0)])
    if len(could) < abs(change):
        raise CalibrationError(f"too few pupils could change their {name}")
    if name == "free_meals":
        pupils.free_meals[could[: abs(change)]] = change > 0
    else:
        pupils.needs[could[: abs(change)]] = 1 if change > 0 else 0
    if gap is None or total is None:
        return True, None
    return True, counts_with_gap(total, len(places), size, gap)[0]


def _count_stages_of_needs(
    rng: np.random.Generator,
    pupils: Pupils,
    plans: Mapping[tuple[str, int], _Plan],
    quotas: Quotas,
) -> None:
    """Let so many pupils on roll be at each stage of special educational needs."""
    for summer in SUMMERS:
        wanted = [quotas.find("pupils_with_needs", summer, stage) for stage in SEN_STAGES]
        if any(number is None for number in wanted[1:]):
            continue
        roll = pupils.on_roll(summer)
        planned = [plan.places for plan in plans.values() if plan.is_calibrated]
        fixed = np.isin(roll, np.concatenate([np.empty(0, dtype=np.intp), *planned]))
        free = rng.permutation(roll[~fixed & (roll >= pupils.known) & ~pupils.special[roll]])
        change = sum(number or 0 for number in wanted[1:]) - int((pupils.needs[roll] > 0).sum())
        could = free[(pupils.needs[free] > 0) == (change < 0)][: abs(change)]
        if len(could) < abs(change):
            raise CalibrationError(f"too few pupils could have special needs in {summer}")
        pupils.needs[could] = 1 if change > 0 else 0
        with_needs = rng.permutation(roll[(pupils.needs[roll] > 0) & ~pupils.special[roll]])
        statements = (wanted[3] or 0) - int(pupils.special[roll].sum())
        stages = np.repeat([3, 1, 2], [statements, wanted[1] or 0, wanted[2] or 0])
        pupils.needs[with_needs] = stages


# Reaching a threshold ----------------------------------------------------------------------------


def _cells(pupils: Pupils, places: Places) -> Ints:
    group = _GROUP_OF_CODE[pupils.ethnicity[places]]
    cells: Ints = group * 4 + pupils.free_meals[places] * 2 + pupils.has_needs()[places]
    return cells


def _reach(
    able: Floats,
    cells: Ints,
    plan_groups: Flags,
    totals: Ints,
    chance: Floats,
    bounds: Flags | None,
) -> Flags:
    """Who reaches something: the ablest of each cell, as many as the totals of groups allow.

    Args:
        able: how able each is.
        cells: the cell of each.
        plan_groups: which groups each is in, a row a group.
        totals: how many of each group reach it; with none, chance decides.
        chance: of each, where nothing else decides.
        bounds: two rows, who must and who may reach it; None for nobody and everyone.
    """
    number = int(cells.max(initial=0)) + 1
    must = np.zeros(len(cells), dtype=bool) if bounds is None else bounds[0]
    may = np.ones(len(cells), dtype=bool) if bounds is None else bounds[1]
    expected = np.bincount(cells, weights=chance, minlength=number).astype(np.float64)
    least = np.bincount(cells, weights=must, minlength=number).astype(np.int64)
    most = np.bincount(cells, weights=may, minlength=number).astype(np.int64)
    counts = np.clip(np.rint(expected).astype(np.int64), least, most)
    if len(totals):
        groups = np.zeros((len(totals), number), dtype=bool)
        for row, members in enumerate(plan_groups):
            groups[row, cells[members]] = True
        counts = fill_cells(expected, groups, totals, least, most)
    # Within a cell those who must come first, then the ablest of those who may.
    order = np.lexsort((-able, ~may, ~must, cells))
    first = np.concatenate([[0], np.cumsum(np.bincount(cells, minlength=number))[:-1]])
    rank = np.arange(len(cells)) - first[cells[order]]
    reached = np.zeros(len(cells), dtype=bool)
    reached[order] = rank < counts[cells[order]]
    return reached


def _ablest(able: Floats, number: int, among: Flags) -> Flags:
    """The ablest of some, so many of them."""
    if number > int(among.sum()) or number < 0:
        raise CalibrationError(f"{number} of {int(among.sum())} pupils wanted")
    chosen = np.zeros(len(able), dtype=bool)
    order = np.argsort(np.where(among, -able, np.inf), kind="stable")
    chosen[order[:number]] = True
    return chosen


def _deal(
    rng: np.random.Generator, schools: int, reached: Flags, weak: int, weak_share: float
) -> Ints:
    """A school for each pupil, so that only the weak ones are below the floor."""
    size = len(reached) // schools
    school = np.full(len(reached), -1)
    yes, no = rng.permutation(np.flatnonzero(reached)), rng.permutation(np.flatnonzero(~reached))
    taken = round(weak_share * size)
    for number in range(weak):
        school[yes[number * taken : (number + 1) * taken]] = number
        school[no[number * (size - taken) : (number + 1) * (size - taken)]] = number
    rest = schools - weak
    for places in (yes, no):
        left = places[school[places] < 0]
        school[left] = weak + np.arange(len(left)) % rest
    renamed = rng.permutation(schools)
    dealt: Ints = renamed[school]
    return dealt


# Reception ---------------------------------------------------------------------------------------


def _early_years(
    rng: np.random.Generator, pupils: Pupils, able: Floats, summer: int, quotas: Quotas
) -> EarlyYears:
    places = pupils.on_roll(summer)
    places = places[pupils.group(summer)[places] == 0]
    # A fifth of them must be a whole number.
    places = places[: len(places) // 5 * 5]
    if summer >= GOALS_FROM:
        return _goals(rng, places, able[places], summer)
    share = _find(quotas, "early_years_good", summer)
    number = count_with_share(len(places), share) if share else round(0.56 * len(places))
    good = _ablest(
        able[places] + rng.normal(0, 0.6, len(places)), number, np.ones(len(places), bool)
    )
    scores = _scales(rng, able[places], good)
    gap = _find(quotas, "early_years_gap", summer)
    if gap is not None:
        _widen(rng, scores, gap)
    return EarlyYears(places, scores, good)


def _scales(rng: np.random.Generator, able: Floats, good: Flags) -> Ints:
    """Thirteen scales of each child: 78 points and 6 in each of the first seven, or not."""
    level = np.where(good, 7.2, 5.4) + 0.5 * able
    drawn = np.rint(level[:, None] + rng.normal(0, 0.9, (len(able), SCALES)))
    scores = np.clip(drawn, 1, 9).astype(np.int64)
    scores[good] = np.clip(scores[good], 6, 9)
    # One scale of personal or language development keeps the others from a good level.
    low = rng.integers(0, PERSONAL_AND_LANGUAGE, len(able))
    rows = np.flatnonzero(~good)
    scores[rows, low[rows]] = np.minimum(scores[rows, low[rows]], 5)
    return scores


def _widen(rng: np.random.Generator, scores: Ints, gap: int) -> None:
    """Change scores of the lowest fifth until their mean is so far below everyone's median."""
    totals = scores.sum(axis=1)
    order = np.argsort(totals, kind="stable")
    lowest = order[: len(order) // 5]
    limit = int(totals[lowest[-1]])
    wanted = round(float(np.median(totals)) * (1 - gap / 1000) * len(lowest))
    for _ in range(400):
        lacking = wanted - int(scores[lowest].sum())
        if lacking == 0:
            return
        sums = scores[lowest].sum(axis=1)
        scale = rng.integers(0, SCALES, len(lowest))
        now = scores[lowest, scale]
        # Scales of 6 or more would let a child reach a good level.
        could = (now > 1) if lacking < 0 else (now < 5) & (sums < limit - 1)
        chosen = rng.permutation(np.flatnonzero(could))[: abs(lacking)]
        scores[lowest[chosen], scale[chosen]] += 1 if lacking > 0 else -1
    raise CalibrationError("the lowest fifth of profiles cannot be so far below the others")


def _goals(rng: np.random.Generator, places: Places, able: Floats, summer: int) -> EarlyYears:
    """Seventeen goals of each child; the first twelve make a good level."""
    better = 0.55 + 0.06 * (summer - GOALS_FROM)
    level = 2.0 + better * 0.25 + 0.35 * able[:, None]
    drawn = level + rng.normal(0, 0.25, (len(able), 1)) + rng.normal(0, 0.22, (len(able), GOALS))
    scores = np.clip(np.rint(drawn), 1, 3).astype(np.int64)
    return EarlyYears(places, scores, np.asarray((scores[:, :12] >= 2).all(axis=1)))


# Key stage 2 -------------------------------------------------------------------------------------


def _key_stage_2(
    rng: np.random.Generator,
    pupils: Pupils,
    able: Floats,
    plan: _Plan,
    summer: int,
    quotas: Quotas,
) -> KeyStage2:
    places = plan.places
    strength = able[places]
    needs, meals = pupils.has_needs()[places], pupils.free_meals[places]
    chance = np.clip(0.81 - 0.2 * meals - 0.5 * needs, 0.03, 0.97)
    both = _reach(strength, _cells(pupils, places), plan.groups, plan.totals, chance, None)
    school = _deal(
        rng,
        PRIMARY_SCHOOLS,
        both,
        quotas.find("weak_schools_at_key_stage_2", summer) or 0,
        _WEAK_SHARE["key_stage_2"],
    )
    pupils.primary[places] = school
    if summer >= SCALED_FROM:
        return KeyStage2(places, _scaled(rng, pupils, strength, both, places, summer, quotas))
    absent = np.zeros(len(places), dtype=bool)
    could = rng.permutation(np.flatnonzero(~both & ~needs & ~meals & (places >= pupils.known)))
    absent[could[:_ABSENT]] = True
    names: tuple[str, ...] = _OLD_SUBJECTS if summer < GOALS_FROM else _MIDDLE_SUBJECTS
    if summer == GOALS_FROM - 1:
        names = names[:2]
    subjects = {
        name: _levels(rng, pupils, strength, both, absent, places, name, summer, quotas)
        for name in names
    }
    return KeyStage2(places, subjects)


_NONE = np.empty(0, dtype=np.int64)
_NEVER = np.empty(0, dtype=bool)


def _levels(
    rng: np.random.Generator,
    pupils: Pupils,
    able: Floats,
    both: Flags,
    absent: Flags,
    places: Places,
    name: str,
    summer: int,
    quotas: Quotas,
) -> Subject:
    """Levels in a subject, and at key stage 1 before, so that as many made two levels' progress."""
    size = len(places)
    # Those with level 4 in only one of English and maths have it in either, not in both.
    alone = ~both & (rng.random(size) < 0.3)
    turn = np.arange(size) % 2 == 0
    reached = both | (alone & turn if name == "maths" else alone & ~turn)
    if name == "science":
        reached = both | (rng.random(size) < 0.55)
    high = reached & (able + rng.normal(0, 0.5, size) > 0.45)
    level = np.where(high, _HIGH_LEVEL, np.where(reached, 4, np.where(able < -1.6, 2, 3)))
    level[absent] = 0
    needs, meals = pupils.has_needs()[places], pupils.free_meals[places]
    cells = meals * 2 + needs
    measure = f"key_stage_2_progress_{name}"
    rows: list[tuple[Flags, int]] = []
    for group, members in (("total", ~absent), ("free_meals", meals), ("needs", needs)):
        share = _find(quotas, measure, summer, group)
        if share is not None:
            rows.append((members, count_with_share(int(members.sum()), share)))
    groups = np.array([row[0] for row in rows], dtype=bool).reshape(len(rows), size)
    totals = np.array([row[1] for row in rows], dtype=np.int64)
    chance = np.clip(0.86 - 0.1 * meals - 0.16 * needs, 0, 1)
    made = _reach(able, cells, groups, totals, chance, np.array([high, ~absent]))
    before = np.where(made, level - 2, level - 1)
    before[absent] = -1
    return Subject(level, before, _NEVER, _NONE, _NONE)


def _scaled(
    rng: np.random.Generator,
    pupils: Pupils,
    able: Floats,
    both: Flags,
    places: Places,
    summer: int,
    quotas: Quotas,
) -> dict[str, Subject]:
    """Scaled scores from 2016 on; looked-after children's are those printed."""
    subjects = {}
    column = SUMMERS.index(summer)
    core = both & (rng.random(len(places)) < 0.82)
    for name in _NEW_SUBJECTS:
        expected = core | (rng.random(len(places)) < np.where(both, 0.5, 0.2))
        progress = np.rint(rng.normal(0, 40, len(places)) + 8 * able).astype(np.int64)
        for length in ("twelve_months", "shorter"):
            long = pupils.twelve_months[places, column] == (length == "twelve_months")
            cohort = np.flatnonzero(pupils.looked_after[places, column] & long)
            wanted = quotas.find(f"looked_after_expected_{name}", summer, length)
            if wanted is not None:
                every = quotas.find("looked_after_expected_in_all_three", summer, length) or 0
                _set_first(expected, cohort, able, wanted)
                if name == "maths":
                    _let_others(expected, cohort, able, wanted - every)
            mean = quotas.find(f"looked_after_progress_{name}_sum_in_tenths", summer, length)
            if mean is not None:
                _set_sum(progress, cohort, mean)
        scaled = _scaled_scores(rng, able, expected)
        subjects[name] = Subject(_NONE, _NONE, expected, scaled, progress)
    return subjects


def _scaled_scores(rng: np.random.Generator, able: Floats, expected: Flags) -> Ints:
    drawn = np.rint(rng.normal(0, 3, len(able)) + 3 * able).astype(np.int64)
    return np.where(expected, np.clip(105 + drawn, 100, 120), np.clip(96 + drawn, 80, 99))


def _set_first(flags: Flags, cohort: Places, able: Floats, wanted: int) -> None:
    """Let the ablest of a cohort, so many, and no other of it, have a flag."""
    if len(cohort) < wanted:
        raise CalibrationError(f"{wanted} of {len(cohort)} looked-after pupils wanted")
    order = cohort[np.argsort(-able[cohort], kind="stable")]
    flags[order[:wanted]] = True
    flags[order[wanted:]] = False


def _let_others(flags: Flags, cohort: Places, able: Floats, number: int) -> None:
    """Take a flag from the last of a cohort who have it and give it to the next who have not.

    So a pupil may reach the standard in maths and not in reading and writing.
    """
    order = cohort[np.argsort(-able[cohort], kind="stable")]
    having = int(flags[order].sum())
    if number > 0:
        flags[order[having - number : having]] = False
        flags[order[having : having + number]] = True


def _set_sum(values: Ints, cohort: Places, total: int) -> None:
    """Move the values of a cohort alike, so that they add up to a total."""
    if len(cohort) == 0:
        raise CalibrationError("no looked-after pupils to share out a score")
    lacking = total - int(values[cohort].sum())
    values[cohort] += lacking // len(cohort)
    values[cohort[: lacking % len(cohort)]] += 1


# Key stage 4 -------------------------------------------------------------------------------------


def _key_stage_4(
    rng: np.random.Generator,
    pupils: Pupils,
    able: Floats,
    plan: _Plan,
    summer: int,
    quotas: Quotas,
) -> KeyStage4:
    places = plan.places
    strength = able[places] + rng.normal(0, 0.3, len(places))
    steps = _steps_of_looked_after(pupils, strength, places, summer, quotas)
    placed = steps >= 0
    needs, meals = pupils.has_needs()[places], pupils.free_meals[places]
    chance = np.clip(0.63 + 0.012 * (summer - 2009) - 0.24 * meals - 0.45 * needs, 0.03, 0.95)
    with_em = steps == len(_STEPS) - 1
    rest = ~placed
    got = _reach(
        strength[rest],
        _cells(pupils, places[rest]),
        plan.groups[:, rest],
        plan.totals - (plan.groups & with_em).sum(axis=1),
        chance[rest],
        None,
    )
    with_em[rest] = got
    reached = {"five_ac_em": with_em}
    natural = {"five_ac": 0.74, "five_ag": 0.935, "one_ag": 0.982}
    for step in reversed(range(1, len(_STEPS) - 1)):
        name = _STEPS[step]
        share = _find(quotas, f"key_stage_4_{name}", summer) or round(1000 * natural[name])
        number = count_with_share(len(places), share)
        inner = reached[_STEPS[step + 1]]
        flags = steps >= step
        more = number - int(flags.sum()) - int((inner & rest).sum())
        reached[name] = flags | (inner & rest) | _ablest(strength, more, rest & ~inner)
    science = _science(rng, reached["five_ac"], strength, summer, quotas)
    ac_em = with_em | (rest & reached["five_ag"] & (rng.random(len(places)) < 0.04))
    any_qualification = reached["one_ag"] | (rest & (rng.random(len(places)) < 0.4))
    pupils.secondary[places] = _deal(
        rng,
        SECONDARY_SCHOOLS,
        with_em,
        quotas.find("weak_schools_at_key_stage_4", summer) or 0,
        _WEAK_SHARE["key_stage_4"],
    )
    attainment_8 = progress_8 = _NONE
    if summer >= SCALED_FROM:
        attainment_8, progress_8 = _eights(rng, pupils, strength, places, summer, quotas)
        for length in ("twelve_months", "shorter"):
            wanted = quotas.find("looked_after_any_qualification", summer, length)
            if wanted is not None:
                cohort = _looked_after(pupils, places, summer, length)
                _set_first(any_qualification, cohort, steps + strength / 100, wanted)
    return KeyStage4(
        places, reached["one_ag"], reached["five_ag"], reached["five_ac"], with_em, ac_em, science,
        any_qualification, attainment_8, progress_8,
    )  # fmt: skip


_STEPS = ("nothing", "one_ag", "five_ag", "five_ac", "five_ac_em")


def _looked_after(pupils: Pupils, places: Places, summer: int, length: str) -> Places:
    column = SUMMERS.index(summer)
    long = pupils.twelve_months[places, column] == (length == "twelve_months")
    return np.flatnonzero(pupils.looked_after[places, column] & long)


def _steps_of_looked_after(
    pupils: Pupils, able: Floats, places: Places, summer: int, quotas: Quotas
) -> Ints:
    """How far each looked-after pupil gets, as a place in ``_STEPS``; -1 for chance to decide."""
    steps = np.full(len(places), -1)
    reaching = _reaching(quotas, "looked_after_reaching", summer)
    if reaching is None:
        return steps
    column = SUMMERS.index(summer)
    cohort = np.flatnonzero(pupils.looked_after[places, column])
    # Those looked after for twelve months come first: only of them is the last step printed.
    long = pupils.twelve_months[places[cohort], column]
    cohort = cohort[np.lexsort((-able[cohort], ~long))]
    minority = pupils.ethnicity[places[cohort]] != _WHITE_BRITISH
    reaching_of_minority = _reaching(quotas, "looked_after_not_white_british_reaching", summer)
    if reaching_of_minority is None:
        parts = [(cohort, reaching)]
    else:
        # Shares of these are all or none, but for the year whose number of children is fixed.
        of_minority = [round(share * int(minority.sum()) / 1000) for share in reaching_of_minority]
        of_others = [number - other for number, other in zip(reaching, of_minority, strict=True)]
        parts = [(cohort[minority], of_minority), (cohort[~minority], of_others)]
    for members, numbers in parts:
        steps[members] = 0
        before = len(members)
        for step, number in enumerate(numbers, start=1):
            if number < 0 or (number > before and step < len(_STEPS) - 1):
                raise CalibrationError(f"{number} of {before} looked-after pupils wanted")
            # The last step may be invented, and more than those are who made the one before.
            before = min(number, before)
            steps[members[:before]] = step
    return steps


def _reaching(quotas: Quotas, measure: str, summer: int) -> list[int] | None:
    """The numbers wanted at each step but the first, which is to reach nothing."""
    numbers = [quotas.find(measure, summer, step) for step in _STEPS[1:]]
    known = [number for number in numbers if number is not None]
    return known if len(known) == len(numbers) else None


def _science(
    rng: np.random.Generator, five_ac: Flags, able: Floats, summer: int, quotas: Quotas
) -> Flags:
    share = _find(quotas, "key_stage_4_science", summer) or 520
    number = count_with_share(len(five_ac), share)
    noisy = able + 3 * five_ac + rng.normal(0, 0.4, len(able))
    return _ablest(noisy, number, np.ones(len(able), dtype=bool))


def _eights(
    rng: np.random.Generator,
    pupils: Pupils,
    able: Floats,
    places: Places,
    summer: int,
    quotas: Quotas,
) -> tuple[Ints, Ints]:
    """Attainment 8 and Progress 8 in hundredths; looked-after children's are those printed."""
    attainment = np.rint(100 * np.clip(49 + 14 * able + rng.normal(0, 5, len(able)), 0, 85))
    progress = np.rint(100 * np.clip(0.05 + 0.5 * able + rng.normal(0, 0.8, len(able)), -4, 3))
    scores = attainment.astype(np.int64), progress.astype(np.int64)
    ahead = quotas.find("looked_after_ahead_at_key_stage_4", summer)
    for length in ("twelve_months", "shorter"):
        cohort = _looked_after(pupils, places, summer, length)
        order = cohort[np.argsort(-able[cohort], kind="stable")]
        total = quotas.find("looked_after_attainment_8_sum_in_hundredths", summer, length)
        if total is not None:
            _share_out(scores[0], order, total)
        total = quotas.find("looked_after_progress_8_sum_in_hundredths", summer, length)
        if total is not None and ahead is not None:
            few = order[: ahead if length == "twelve_months" else 0]
            scores[1][few] = 20
            _share_out(scores[1], order[len(few) :], total - 20 * len(few))
    return scores


def _share_out(values: Ints, order: Places, total: int) -> None:
    """Give the first more than the last, none the other sign than the total, up to a total."""
    if len(order) == 0:
        raise CalibrationError("no looked-after pupils to share out a score")
    weights = np.linspace(1.6, 0.4, len(order)) if total > 0 else np.linspace(0.4, 1.6, len(order))
    values[order] = np.trunc(weights * total / weights.sum()).astype(np.int64)
    values[order[-1]] += total - int(values[order].sum())
